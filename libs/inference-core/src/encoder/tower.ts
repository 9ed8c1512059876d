import type { EmbeddingForm } from '@triptych/core';
import type { QuantizationSite } from '../transformer/sites.js';
import type { EncoderParts } from './encoder.js';

/**
 * How a tower's tokens become an item's vector: the mean of all of them or of those that hold input, the class token, the token at the
 * end of a text, what lies in the space that a model's towers share, or one vector a token.
 */
export type Pooling = 'mean' | 'mean-valid' | 'class' | 'end' | 'projected' | 'none';

/** What every item says of the vector that is wanted of it. */
export interface TowerItem {
  /** One that the tower offers. */
  readonly pooling: Pooling;
  readonly form: EmbeddingForm;
}

/**
 * One encoder of a model, whatever it encodes: its graph, how its items share batches, and what others must know of it. Encoder
 * libraries have an interface for each modality on top of it, and a folder for each family's tower.
 *
 * With `inspect`, its graph also gives the residual stream before the first and after each of its blocks, `state_0` …, [batch,
 * tokens, width].
 */
export interface Tower<Item extends TowerItem> extends EncoderParts<Item> {
  /** Finds its tensors among the model's by their canonical names. Default: all are its. */
  readonly tensors?: RegExp;
  /** Those that it offers; the first is the default. */
  readonly poolings: readonly [Pooling, ...Pooling[]];
  /** Values of one vector. */
  readonly dimensions: (pooling: Pooling) => number;
  /** Names of its blocks, first to last, as its tensors' names begin. */
  readonly blocks: readonly string[];
  /** Where its products may be computed in int8. */
  readonly sites: readonly QuantizationSite[];
}
