import type { Engine, EngineCall } from '@triptych/engine';
import type { MatchRequest__Output, MatchResponse, MatchResult } from '@triptych/protocol';
import { embeddingMessage, readEncoding } from '../embeddings.js';
import { readImage } from '../image/images.js';
import { toItemError } from '../status.js';
import { textBytes } from '../text/text-bytes.js';

/** `CrossModal.Match` */
export async function match(
  engine: Engine,
  { model, pairs, normalize, encoding: requested }: MatchRequest__Output,
  call: EngineCall,
): Promise<MatchResponse> {
  const ids = pairs.map(({ id }) => id);
  const { encoding, name } = readEncoding(requested);
  const request = {
    model,
    pairs: pairs.map(({ text, image }) => ({ text: textBytes(text), image: image ? readImage(image) : {} })),
    normalize,
    encoding: name,
  };
  const { stamp, results } = await engine.match(request, call);
  return {
    stamp,
    results: results.map((one, i): MatchResult => {
      const id = ids[i];
      if ('error' in one) return { id, error: toItemError(one.error) };
      return { id, probability: one.probability, embedding: embeddingMessage(one.embedding, encoding) };
    }),
  };
}
