import type { Encoder, EncoderParts, TowerItem } from '@triptych/inference-core';

/** A text as token ids and the image that it may belong to, as its vision tower's tokens; several items may share these. */
export interface MatchItem extends Omit<TowerItem, 'pooling'> {
  readonly ids: readonly number[];
  /** [image tokens, image width], row by row. */
  readonly image: Float32Array;
}

/**
 * One encoder of a text together with an image: early fusion. An item's row is the probability that they belong together, and behind it the
 * vector of both.
 */
export interface MatchTower extends EncoderParts<MatchItem> {
  /** Finds its tensors among the model's by their canonical names; the text tower's are among them. */
  readonly tensors: RegExp;
  /** Values of the vector of both. */
  readonly dimensions: number;
  /** Values of an image's tokens. */
  readonly imageValues: number;
}

/** Such an encoder that is being served. */
export type MatchEncoder = Encoder<MatchItem>;
