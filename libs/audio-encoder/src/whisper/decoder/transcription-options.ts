import type { Caller } from '@triptych/core';
import type { Decoder } from '@triptych/inference-core';
import type { WhisperConfig } from '../config.js';
import type { SpeechTask, SpeechTokens } from './tokens.js';

export interface TranscriptionOptions {
  /** Its code, as in `en`. Default: it is detected. */
  readonly language?: string | undefined;
  readonly task?: SpeechTask | undefined;
  /** Default: one text for each window. Recordings longer than the context have them in any case. */
  readonly timestamps: boolean;
  /** Tokens of a text to go on from, without the one that begins it. */
  readonly prompt?: readonly number[] | undefined;
  /** Beams of a search; 1: greedy. */
  readonly beams: number;
  /** Tried one after the other while a result is unlikely or repeats itself: 0 searches, others draw by chance. */
  readonly temperatures: readonly number[];
  readonly seed: number;
  /** Above it, tokens repeat themselves. */
  readonly maxCompressionRatio?: number | undefined;
  /** Below it, a result is unlikely. */
  readonly minLogProbability?: number | undefined;
  /** Above it, an unlikely result is silence. */
  readonly maxNoSpeech?: number | undefined;
  /** Whether what was said before is what a window goes on from. */
  readonly conditioned: boolean;
  /** Of one window. Default: as many as the decoder has positions. */
  readonly maxNewTokens?: number | undefined;
  /**
   * What is said is told before a window is full, each time so many more samples have come. What two such guesses agree on is settled.
   * Default: what is said is told once, window by window.
   */
  readonly guessEvery?: number | undefined;
  /** Whether tokens of what is settled have times. Of decoders whose network knows heads that align. Default: no. */
  readonly tokenTimes?: boolean | undefined;
  /** Largest log-mel energy of the whole recording, where that is known. Default: that of what has been heard so far. */
  readonly loudest?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly caller?: Caller | undefined;
}

/** What writes what is said in frames. */
export interface WritingParts {
  readonly config: WhisperConfig;
  readonly tokens: SpeechTokens;
  readonly decoder: Decoder;
}

/** What a transcription is computed with. */
export interface TranscriptionParts extends WritingParts {
  /** A window's frames [positions, width]. */
  readonly encode: (
    samples: Float32Array<ArrayBuffer>,
    loudest: number,
  ) => Promise<Float32Array<ArrayBuffer>>;
  /** Largest log-mel energy of samples that hold their edges. */
  readonly loudest: (samples: Float32Array<ArrayBuffer>) => Promise<number>;
  /** Runs the work of one window when its turn has come. Default: at once. */
  readonly inTurn?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
}
