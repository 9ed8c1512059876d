import { discard } from '@triptych/core';
import type { Window } from '../windower.js';
import type { Input } from './protocol.js';

/** A clip or a stream in work: it does a little at a time, and others get their turn in between. */
export interface Job {
  /** Works on an input, in steps of some milliseconds, each of which may make a window. Throws AUDIO_* errors. */
  take(input: Input): AsyncGenerator<Window | undefined, void>;
  /** Samples of the target rate so far. */
  readonly position: number;
  /** Milliseconds of decoding so far; making windows is not counted. */
  readonly decodedMs: number;
  /** All samples, where they are wanted whole and have all come. */
  readonly clip: Float32Array<ArrayBuffer> | undefined;
  /** Frees what decoders hold, wherever the work stands. */
  close(): void;
}

/** Gives the memory of bytes that were decoded back now; in a process of its own they are a part of a message. */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) discard([buffer]);
}
