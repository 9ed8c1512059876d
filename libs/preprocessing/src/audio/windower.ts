import { TriptychError } from '@triptych/core';
import { checkLongEnough, type WindowPlan } from '@triptych/validation';
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

/** Cuts a stream of samples into windows that start a hop apart. A flush starts the grid anew where it stands. */
export class Windower {
  /** Samples from `#start` on, in the first `#held` places. */
  #buffer: Float32Array;
  #held = 0;
  #start = 0;
  #index = 0;
  /** End of the last window given out: a tail must hold something newer. */
  #covered = 0;
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

  push({ samples, faults }: Samples, sequence: number): Window[] {
    const origin = this.#origin;
    this.#faults.push(
      ...faults.map((f) => (origin === 0 ? f : { ...f, start: f.start + origin, end: f.end + origin })),
    );
    const windows: Window[] = [];
    const { windowSamples, hopSamples } = this.plan;
    const skipped = Math.min(this.#lead, samples.length);
    this.#lead -= skipped;
    for (let at = skipped; at < samples.length;) {
      const taken = samples.subarray(at, at + this.#buffer.length - this.#held);
      this.#buffer.set(taken, this.#held);
      this.#held += taken.length;
      at += taken.length;
      while (this.#held >= windowSamples) {
        windows.push(this.#window(windowSamples, false, sequence));
        this.#advance(hopSamples);
      }
    }
    return windows;
  }

  /** What is buffered, as a partial window; nothing where no sample is newer than the last window. */
  flush(sequence: number): Window[] {
    if (this.position <= this.#covered) return [];
    const window = this.#window(this.#held, true, sequence);
    this.#advance(this.#held);
    return [window];
  }

  /** The tail, if the plan wants it. */
  finish(sequence: number): Window[] {
    return this.plan.emitTail ? this.flush(sequence) : [];
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
    const fault = this.#faults.find((f) => f.start < end && f.end > start);
    if (fault) return { error: fault.error };
    try {
      checkLongEnough(end - start, this.sampleRate);
    } catch (thrown) {
      return { error: TriptychError.from(thrown) };
    }
    return { samples: this.#buffer.slice(0, end - start) };
  }

  #advance(count: number): void {
    this.#buffer.copyWithin(0, count, this.#held);
    this.#held -= count;
    this.#start += count;
    this.#faults = this.#faults.filter((f) => f.end > this.#start);
  }
}
