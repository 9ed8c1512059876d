import { isCount } from '@triptych/core';
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

/** Whether what a decoder's process sent answers a request: whoever took it over may send anything. */
export function isReplyTo({ recipe, limits }: PrepareRequest, reply: unknown): reply is PrepareReply {
  if (typeof reply !== 'object' || reply === null) return false;
  const { foundPixels, pixels, preprocessUs } = reply as Readonly<Record<string, unknown>>;
  if (foundPixels !== undefined)
    return !limits.isCounted && isCount(foundPixels) && foundPixels > limits.expectedPixels;
  return pixels instanceof Uint8Array && pixels.length === 3 * recipe.inputSize ** 2 && isCount(preprocessUs);
}
