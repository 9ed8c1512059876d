import type { WindowTranscript__Output } from '@triptych/client';
import type { Identity } from './identity.js';

/** One vector and what it stands for: an image, a text, or a stretch of audio. */
export interface EncodedVector {
  /** The file, with its line for a text; `-` for standard input. */
  readonly source: string;
  readonly text?: string;
  /** What is said in a window, where it was asked for; its text is `text`. */
  readonly transcript?: WindowTranscript__Output;
  /** Audio only: number of the window, and its place in seconds. */
  readonly window?: number;
  readonly startS?: number;
  readonly endS?: number;
  /** Which model made it, and how. */
  readonly identity: Identity;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Told of each source that is done with, of each that failed, and of what came of them. */
export interface Progress {
  done(): void;
  /** A source failed, and is done with. */
  failed(message: string): void;
  /** A part of a source failed, such as a window of a recording; the source goes on. */
  partFailed(message: string): void;
  /** A part of what is made of a source came, such as a vector: a source may have thousands. */
  part(): void;
}
