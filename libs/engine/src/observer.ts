import type { QueueObserver } from '@triptych/inference-core';
import type { Modality } from '@triptych/model-families';

/** What an item took, in microseconds: the stages follow each other and end now. */
export interface StageTimes {
  readonly preprocessUs: number;
  readonly queueUs: number;
  readonly inferenceUs: number;
}

/** Told what the items of one call take. */
export interface ItemTrace {
  item(modality: Modality, times: StageTimes): void;
}

/** Told what is being served. */
export interface EngineObserver {
  /** Who is told of the queue before an encoder: `MODEL/MODALITY`. */
  queue(encoder: string): QueueObserver;
  /** An encoder has ended with its model, and none of its name is there. */
  ended(encoder: string): void;
  /** Decoding, resampling, resizing or tokenizing an item took so long. */
  preprocessed(modality: Modality, microseconds: number): void;
  /** Audio is encoded, and silence that is padded to it. */
  audio(seconds: number, paddingSeconds: number): void;
  /** A window of a stream was answered so long after the chunk that completed it. */
  window(lagMs: number): void;
}

/** For those who do not want to hear anything. */
export const untraced: ItemTrace = { item: () => undefined };
export const unobserved: EngineObserver = {
  queue: () => ({ started: () => undefined, ended: () => undefined, dropped: () => undefined }),
  ended: () => undefined,
  preprocessed: () => undefined,
  audio: () => undefined,
  window: () => undefined,
};
