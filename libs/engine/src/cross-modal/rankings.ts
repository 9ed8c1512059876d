import type { Ranked } from '@triptych/clip-engine';
import type { ItemResult } from '../items/encode-items.js';
import type { ModelStamp } from '../items/stamp.js';
import type { ComparedItem } from './compared-item.js';
import type { EarlyFusion } from './early.js';
import type { FailedPlace } from './item-vectors.js';
import type { RequestedRankFusion } from './rank-sources.js';

export interface RankRequest {
  /** Default: the first that compares images and text. */
  readonly model?: string | undefined;
  readonly queries: readonly ComparedItem[];
  readonly candidates: readonly ComparedItem[];
  /** Candidates of each query. Default, and 0: all. */
  readonly topK?: number | undefined;
  /** The queries ask together: the answer has one ranking. Default: each by itself. */
  readonly fusion?: RequestedRankFusion | undefined;
  /** The best for each query are ranked anew, by one encoder of text and image, and are the answer. Default: not. */
  readonly early?: EarlyFusion | undefined;
}

/** A request whose queries ask together. */
export type FusedRankRequest = RankRequest & { readonly fusion: RequestedRankFusion };

export interface Rankings {
  readonly stamp: ModelStamp;
  /** Of each source of a fused ranking; the first's is `stamp`. */
  readonly sourceStamps?: readonly ModelStamp[];
  /** For each query its candidates, best first: their places, and cosines; of queries that ask together one, with fused scores. A candidate that failed is in none. */
  readonly rankings: readonly ItemResult<{ readonly items: readonly Ranked[] }>[];
  readonly failedCandidates: readonly FailedPlace[];
}
