import type { Caller, Isolation, Logger, WeightSet } from '@triptych/core';
import type { SessionSettings } from '../session/protocol.js';

export interface DecoderOptions extends SessionSettings {
  readonly name: string;
  /** Called for every new worker, the first and each restarted one. */
  readonly weights: () => Promise<WeightSet>;
  readonly isolation?: Isolation | undefined;
  readonly limits: DecoderLimits;
  /** Ends the start. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
  readonly logger?: Logger;
}

/** Bounds of what is decoded at a time, and of what waits for it. */
export interface DecoderLimits {
  /** Sequences: the beams of all sources. */
  readonly maxSequences: number;
  /** Bytes of caches, by {@link cacheBytes}. */
  readonly maxCacheBytes: number;
  /** Sources that wait for room. */
  readonly maxWaiting: number;
  /** Milliseconds that what is decoded waits for others of its own callers, see {@link Decoder.expect}. Default: 2000. */
  readonly holdMs?: number | undefined;
}

export interface OpenOptions {
  readonly beams: number;
  /** The most tokens of a sequence, its prompt among them. Default: as many as the decoder has positions. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignal | undefined;
  readonly caller?: Caller | undefined;
}

export interface GenerateOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the tokens so far as they come. Of beams none are known before the end. */
  readonly onProgress?: ((tokens: readonly number[]) => void) | undefined;
}
