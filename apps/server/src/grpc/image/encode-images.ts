import type { Engine, EngineCall } from '@triptych/engine';
import type { EncodeImagesRequest__Output, EncodeImagesResponse } from '@triptych/protocol';
import { readEmbeddingOptions } from '../embeddings.js';
import { imageResults, readImage } from './images.js';

/** `ImageEncoder.Encode` */
export async function encodeImages(
  engine: Engine,
  { model, images, options: wanted }: EncodeImagesRequest__Output,
  call: EngineCall,
): Promise<EncodeImagesResponse> {
  const { options, encoding } = readEmbeddingOptions(wanted);
  const ids = images.map(({ id }) => id);
  const request = { model, images: images.map(readImage), options };
  const { stamp, results } = await engine.encodeImages(request, call);
  return { stamp, results: imageResults(results, ids, encoding) };
}
