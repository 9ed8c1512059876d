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
  /** What a request may have put before its texts, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** What is put before texts of a request that names no prompt; mostly nothing. */
  readonly defaultPrompt: string;
  /** How a text becomes ids, once a prompt is before it. Throws WEIGHTS_MISSING or WEIGHTS_CORRUPT where the model's files do not say. */
  readonly tokenizer: () => TokenizerRecipe;
  /** Throws MODEL_CONFIG unless these ids, of an empty text, can be those of this tower's tokenizer. */
  readonly checkEmptyText: (ids: readonly number[]) => void;
  /** Names the space of such vectors within the model; undefined: they lie in the model's own. */
  readonly ownSpace: (pooling: Pooling) => string | undefined;
}

/** Of towers that know of no prompts. */
export const noPrompts = { prompts: {}, defaultPrompt: '' } as const;

/** A text tower that is being served. */
export type TextEncoder = Encoder<TextItem>;
