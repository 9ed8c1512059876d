import { TriptychError } from '@triptych/core';
import { audioLimits, checkLongEnough, faultError, type WindowPlan } from '@triptych/validation';
import type { FaultRange, Samples } from './sample-stream.js';

/** One window of a stream. Positions are in samples of the target rate, from the stream's start. */
export interface Window {
  readonly index: number;
  readonly startSample: number;
  readonly endSample: number;
  /** Shorter than the plan's window: a flush, or the tail. */
  readonly partial: boolean;
  /** Of the last chunk that reached this window. */
  readonly lastSequence: number;
  readonly content: { readonly samples: Float32Array<ArrayBuffer> } | { readonly error: TriptychError };
}

/** Where a stream goes on that broke off; positions as in {@link Window}. */
export interface WindowerStart {
  /** Of the first window that is wanted. */
  readonly index: number;
  readonly startSample: number;
  /** End of the window before it. */
  readonly coveredSample: number;
  /** Of the first sample that comes; those before `startSample` only lead up to it. */
  readonly firstSample: number;
}

/**
 * Cuts a stream of samples into windows that start a hop apart. A flush starts the grid anew where it stands. Each window is made when
 * it is asked for: a second of audio may make a hundred of many seconds each.
 */
export class Windower {
  /** `#held` samples from `#at` on are those from `#start` on. */
  #buffer: Float32Array;
  #at = 0;
  #held = 0;
  #start = 0;
  #index = 0;
  /** End of the last window given out: a tail must hold something newer. */
  #covered = 0;
  /** In the order of their starts. */
  #faults: FaultRange[] = [];
  /** Samples to come that no window holds. */
  #lead = 0;
  /** Position of the first sample that came: faults count from there. */
  #origin = 0;

  constructor(
    private readonly plan: WindowPlan,
    private readonly sampleRate: number,
    start?: WindowerStart,
  ) {
    this.#buffer = new Float32Array(2 * plan.windowSamples);
    if (!start) return;
    this.#index = start.index;
    this.#start = start.startSample;
    this.#covered = start.coveredSample;
    this.#lead = start.startSample - start.firstSample;
    this.#origin = start.firstSample;
  }

  /** Samples seen so far. */
  get position(): number {
    return this.#start + this.#held;
  }

  /** Windows that these samples complete; they must have been used up before anything else is called. */
  *push({ samples, faults }: Samples, sequence: number): Generator<Window> {
    faults.forEach((range) => this.#note(range));
    const { windowSamples, hopSamples } = this.plan;
    const skipped = Math.min(this.#lead, samples.length);
    this.#lead -= skipped;
    for (let at = skipped; at < samples.length;) {
      at += this.#fill(samples.subarray(at));
      while (this.#held >= windowSamples) {
        yield this.#window(windowSamples, false, sequence);
        this.#advance(hopSamples);
      }
    }
  }

  /** What is buffered, as a partial window; nothing where no sample is newer than the last window. */
  *flush(sequence: number): Generator<Window> {
    if (this.position <= this.#covered) return;
    yield this.#window(this.#held, true, sequence);
    this.#advance(this.#held);
  }

  /** The tail, if the plan wants it. */
  *finish(sequence: number): Generator<Window> {
    if (this.plan.emitTail) yield* this.flush(sequence);
  }

  /** Buffers as many samples as there is room for, at least one, and says how many. */
  #fill(samples: Float32Array): number {
    if (this.#at + this.#held === this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#at, this.#at + this.#held);
      this.#at = 0;
    }
    const end = this.#at + this.#held;
    const taken = samples.subarray(0, this.#buffer.length - end);
    this.#buffer.set(taken, end);
    this.#held += taken.length;
    return taken.length;
  }

  /**
   * Faults that lie within 0.1 s of each other are one: no window that is long enough to be encoded lies between them, and there are
   * ten in a second of the buffer at most, however many samples are bad.
   */
  #note({ faults, ...range }: FaultRange): void {
    const [start, end] = [range.start + this.#origin, range.end + this.#origin];
    const last = this.#faults.at(-1);
    if (!last || end - last.start > audioLimits.minSeconds * this.sampleRate) {
      this.#faults.push({ start, end, faults });
      return;
    }
    const count = last.faults.count + faults.count;
    const merged = { ...last.faults, lastPosition: faults.lastPosition, count };
    this.#faults[this.#faults.length - 1] = { start: last.start, end, faults: merged };
  }

  #window(length: number, partial: boolean, lastSequence: number): Window {
    const startSample = this.#start;
    const endSample = startSample + length;
    this.#covered = endSample;
    return {
      index: this.#index++,
      startSample,
      endSample,
      partial,
      lastSequence,
      content: this.#content(startSample, endSample),
    };
  }

  #content(start: number, end: number): Window['content'] {
    const found = this.#faults.filter((range) => range.start < end && range.end > start);
    if (found.length > 0) {
      const count = found.reduce((sum, { faults }) => sum + faults.count, 0);
      return { error: faultError(found[0].faults, count) };
    }
    try {
      if (!this.plan.arePieces) checkLongEnough(end - start, this.sampleRate);
    } catch (thrown) {
      return { error: TriptychError.from(thrown) };
    }
    return { samples: this.#buffer.slice(this.#at, this.#at + end - start) };
  }

  #advance(count: number): void {
    this.#at += count;
    this.#held -= count;
    this.#start += count;
    if (this.#held === 0) this.#at = 0;
    if (this.#faults.length > 0) this.#faults = this.#faults.filter((range) => range.end > this.#start);
  }
}
