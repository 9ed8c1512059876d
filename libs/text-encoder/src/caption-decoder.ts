import type { DecoderNetwork } from '@triptych/inference-core';
import type { TokenizerRecipe } from '@triptych/preprocessing';

/** What says in words what an image shows: a decoder of the tokens that the image tower makes of it (pooling `none`). */
export interface CaptionDecoder {
  readonly network: DecoderNetwork;
  /** Finds its tensors among the model's by their canonical names. */
  readonly tensors: RegExp;
  /** The token that ends a caption. */
  readonly end: number;
  /** The longest caption, in tokens, its prompt among them. */
  readonly maxTokens: number;
  /** The tokens of a caption that begins with a text: its ids, those around it included; undefined: of any caption. */
  readonly prompt: (ids?: readonly number[]) => number[];
  /** How a prompt becomes ids, and how tokens become words. Throws WEIGHTS_MISSING or WEIGHTS_CORRUPT where the model's files do not say. */
  readonly tokenizer: () => TokenizerRecipe;
}
