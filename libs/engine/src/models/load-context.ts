import type { Logger } from '@triptych/core';
import type { Placement } from '@triptych/inference-core';
import type { ModelFamily, OpenModel } from '@triptych/model-families';
import type { EngineObserver } from '../observer.js';
import type { EncoderSettings, QueueLimits } from '../settings.js';
import type { Placements } from './placements.js';
import type { ServedModel } from './served-model.js';
import type { SharedWorkers } from './shared-workers.js';
import type { WeightSource } from './weight-source.js';

/** What models are loaded with. */
export interface LoadOptions {
  readonly settings: EncoderSettings & QueueLimits;
  readonly workers: SharedWorkers;
  readonly placements: Placements;
  /** Those that models may be of. */
  readonly families: readonly ModelFamily[];
  readonly logger: Logger;
  readonly observer: EngineObserver;
}

/** What loading a model's towers takes. */
export interface LoadContext extends LoadOptions {
  readonly name: string;
  readonly placement: Placement;
  readonly open: OpenModel;
  readonly weights: WeightSource;
  /** Ends the load. */
  readonly signal: AbortSignal;
  /** Notes what has started for the model alone: it ends with it, or when loading fails after all. */
  readonly started: <E extends Closable>(worker: Promise<E>) => Promise<E>;
}

export interface Closable {
  close(): Promise<void>;
}

/** The part of a served model that its family makes. */
export type LoadedTowers = Pick<
  ServedModel,
  'audio' | 'image' | 'text' | 'match' | 'caption' | 'speech' | 'shared'
>;
