import type { Encoder, Pooling, Tower, TowerItem } from '@triptych/inference-core';
import type { TokenizerRecipe } from '@triptych/preprocessing';

/** One text as token ids, those around it included, at most the tower's longest. */
export interface TextItem extends TowerItem {
  readonly ids: readonly number[];
}

/** A tower that takes texts. */
export interface TextTower extends Tower<TextItem> {
  /** The longest text, in tokens. */
  readonly maxTokens: number;
  /** How a text becomes ids. Throws WEIGHTS_MISSING or WEIGHTS_CORRUPT where the model's files do not say. */
  readonly tokenizer: () => TokenizerRecipe;
  /** Throws MODEL_CONFIG unless these ids, of an empty text, can be those of this tower's tokenizer. */
  readonly checkEmptyText: (ids: readonly number[]) => void;
  /** Names the space of such vectors within the model; undefined: they lie in the model's own. */
  readonly ownSpace: (pooling: Pooling) => string | undefined;
}

/** A text tower that is being served. */
export type TextEncoder = Encoder<TextItem>;
