import type { SampleFaults } from '@triptych/validation';

/** Mono audio that came out of a decoder. */
export interface Decoded {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly sampleRate: number;
  /** Float samples that are no audio; their places in `samples` hold silence. Positions count from the stream's start. */
  readonly faults: readonly SampleFaults[];
}

/** What a decoder gives out bit by bit: it may be left alone after each for as long as one likes. Undefined: nothing yet. */
export type Steps = Iterable<Decoded | undefined> | AsyncIterable<Decoded | undefined>;

/**
 * Turns bytes, split anywhere, into mono samples, in steps of some milliseconds at most. Throws AUDIO_* errors; afterwards it is of
 * no use.
 */
export interface AudioDecoder {
  /** Decodes what these bytes complete. They must have been used up before the next push. */
  push(bytes: Uint8Array): Steps;
  /** Decodes the rest. Throws where the bytes ended too early. */
  finish(): Steps;
  /** Frees what the decoder holds; for streams that end early. */
  close(): void;
}

/** Bytes that a decoder whose every byte costs little takes in one step. */
export const STEP_BYTES = 256 * 1024;

/** Pieces of at most `size` bytes. */
export function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
