import type { AudioStreamResume } from '@triptych/protocol';

/** A chunk as it was sent, and where its bytes lie in all of the audio. */
export interface LoggedChunk {
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly flush: boolean;
  readonly startByte: number;
}

/** What the positions of a stream's audio depend on. */
export interface AudioRates {
  /** Bytes of one frame of PCM; undefined for a container, whose audio can only be decoded from its beginning. */
  readonly frameBytes: number | undefined;
  readonly sourceRate: number;
  readonly modelRate: number;
  readonly windowMs: number;
  readonly hopSamples: number;
}

/** The part of an answered window that says where the next one starts. */
export interface AnsweredWindow {
  readonly index: number;
  readonly startSample: number;
  readonly endSample: number;
  readonly partial: boolean;
  readonly lastSequence: number;
}

/** Audio that leads up to a window when it is sent again: longer than any resampler remembers. */
const LEAD_SECONDS = 0.1;

/**
 * The chunks of a stream from the one on that the first unanswered window needs: what is sent again where the stream
 * breaks off.
 */
export class AudioLog {
  #chunks: LoggedChunk[] = [];
  #isGivenUp = false;
  #endByte = 0;
  #largestChunk = 0;
  #next = { index: 0, startSample: 0, coveredSample: 0 };
  /** Chunks up to this one have been flushed, and their windows answered. */
  #flushed = -1;

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#chunks.length === 0 ? 0 : this.#endByte - this.#chunks[0].startByte;
  }

  /** Everything that is kept. */
  get chunks(): readonly LoggedChunk[] {
    return this.#chunks;
  }

  /** Whether all that would be needed to go on is kept. */
  get isWhole(): boolean {
    return !this.#isGivenUp;
  }

  /** Keeps nothing any more: a container of which more came than may be kept, all of which it would take to go on. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#chunks = [];
  }

  /** Bytes that a window may take with what leads up to it: with fewer of them nothing is answered. 0: not known, or of a container. */
  windowBytes(rates: AudioRates | undefined): number {
    if (rates?.frameBytes === undefined) return 0;
    const samples = Math.ceil((rates.windowMs / 1000 + 2 * LEAD_SECONDS) * rates.sourceRate);
    // It begins up to a step before the lead, and whole chunks are kept: one may begin long before that.
    const frames = samples + stepsOf(rates).source;
    return frames * rates.frameBytes + this.#largestChunk;
  }

  get nextIndex(): number {
    return this.#next.index;
  }

  add(chunk: Omit<LoggedChunk, 'startByte'>): LoggedChunk {
    const logged = { ...chunk, startByte: this.#endByte };
    this.#endByte += chunk.data.length;
    this.#largestChunk = Math.max(this.#largestChunk, chunk.data.length);
    if (!this.#isGivenUp) this.#chunks.push(logged);
    return logged;
  }

  /** Notes a window's answer; what only it needed is forgotten. */
  answered(window: AnsweredWindow, rates: AudioRates): void {
    const { index, startSample, endSample, partial, lastSequence } = window;
    this.#next = {
      index: index + 1,
      startSample: partial ? endSample : startSample + rates.hopSamples,
      coveredSample: endSample,
    };
    if (partial) this.#flushed = lastSequence;
    const { byte } = this.#resumeAt(rates);
    while (this.#chunks.length > 1 && endOf(this.#chunks[0]) <= byte) this.#chunks.shift();
  }

  /** How to go on: what the config says, and the chunks that are sent again. */
  resume(rates: AudioRates): { resume: AudioStreamResume; chunks: LoggedChunk[] } {
    const { sample, byte } = this.#resumeAt(rates);
    const needed = this.#chunks.filter((chunk) => endOf(chunk) > byte || isNewFlush(chunk, this.#flushed));
    const chunks = needed.map((chunk): LoggedChunk => {
      const cut = Math.min(Math.max(0, byte - chunk.startByte), chunk.data.length);
      return { ...chunk, data: chunk.data.subarray(cut), flush: isNewFlush(chunk, this.#flushed) };
    });
    const { index, startSample, coveredSample } = this.#next;
    const resume = {
      windowIndex: index,
      windowStartSample: startSample,
      coveredSample,
      audioStartSample: sample,
      sequence: chunks[0]?.sequence ?? (this.#chunks.at(-1)?.sequence ?? -1) + 1,
    };
    return { resume, chunks };
  }

  /**
   * The place from which audio is needed: a lead before the next window, where a frame of the source and a sample of the
   * model's rate coincide, so that a resampler starts in the phase that it had there.
   */
  #resumeAt(rates: AudioRates): { sample: number; byte: number } {
    const { frameBytes, modelRate } = rates;
    if (frameBytes === undefined) return { sample: 0, byte: 0 };
    const { model, source } = stepsOf(rates);
    const wanted = Math.max(0, this.#next.startSample - Math.ceil(LEAD_SECONDS * modelRate));
    const steps = Math.floor(wanted / model);
    return { sample: steps * model, byte: steps * source * frameBytes };
  }
}

const endOf = ({ startByte, data }: LoggedChunk) => startByte + data.length;

const isNewFlush = ({ flush, sequence }: LoggedChunk, flushed: number) => flush && sequence > flushed;

/** Samples of the model's rate, and frames of the source, from where both coincide to where they do again. */
function stepsOf({ sourceRate, modelRate }: AudioRates): { model: number; source: number } {
  const common = greatestCommonDivisor(sourceRate, modelRate);
  return { model: modelRate / common, source: sourceRate / common };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
