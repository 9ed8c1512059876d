import type { ImageSource } from '@triptych/validation';
import type { DecodeLimits } from '../decode/decode.js';
import type { ImageRecipe } from '../recipe.js';

export interface PrepareRequest {
  readonly source: ImageSource;
  readonly recipe: ImageRecipe;
  readonly limits: DecodeLimits;
}

export interface PreparedImage {
  /** RGB bytes, [size, size, 3]. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly preprocessUs: number;
}

/** An image, or how many pixels it has where those are more than its first bytes say; it is not decoded then. */
export type PrepareReply = PreparedImage | { readonly foundPixels: number };
