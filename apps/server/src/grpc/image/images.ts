import type { EncodedItem, ItemResult } from '@triptych/engine';
import type { Image__Output, ImageResult } from '@triptych/protocol';
import type { RequestedImage } from '@triptych/validation';
import { encodedMessage } from '../embeddings.js';
import { nameOf, pixelFormats } from '../names.js';
import { toItemError } from '../status.js';

export function readImage({ encoded, raw }: Image__Output): RequestedImage {
  return raw ? { raw: { ...raw, format: nameOf(pixelFormats, raw.format) } } : { encoded };
}

/** Results with the ids of their images. */
export function imageResults(
  results: readonly ItemResult<EncodedItem>[],
  ids: readonly string[],
  encoding: number,
): ImageResult[] {
  return results.map((result, i) =>
    'error' in result
      ? { id: ids[i], error: toItemError(result.error) }
      : { id: ids[i], ...encodedMessage(result, encoding) },
  );
}
