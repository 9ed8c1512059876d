import { z } from 'zod';
import { openAiError } from '../failure.js';
import { name, text } from '../json/parse-request.js';
import { comparedBytes, comparedItem, inRoute, readCompared, renameField } from './compared.js';
import type { V1Request } from './request.js';

export const rerankRequest = z.strictObject({
  model: name('A served model that compares images and text. Without: the first.').optional(),
  query: comparedItem,
  documents: z.array(comparedItem, { error: 'expected a list of documents' }),
  top_n: z
    .number({ error: 'expected a number' })
    .int('expected a whole number')
    .min(1, 'expected 1 or more')
    .optional()
    .meta({ description: 'Documents of the answer, best first. Default: all.' }),
  user: text('Not read.').optional(),
});

const fields = { queries: 'query', candidates: 'documents' };

/** `POST /v1/rerank`: documents of any modality by their cosine to a query of any. Documents that fail are listed by themselves. */
export async function rerank(
  { engine, call, bodyBytes, reader, held }: V1Request,
  { model, query, documents, top_n: topK }: z.infer<typeof rerankRequest>,
): Promise<object> {
  const queries = await readCompared([query], () => 'query', reader);
  const candidates = await readCompared(documents, (i) => `documents[${i}]`, reader);
  held.leave();
  const engineCall = call.engineCall(bodyBytes + comparedBytes([...queries, ...candidates]));
  const found = await inRoute(fields, engine.rank({ model, queries, candidates, topK }, engineCall));
  const [ranking] = found.rankings;
  if ('error' in ranking) throw renameField(ranking.error, fields);
  const { model: served, fingerprint, space } = found.stamp;
  return {
    model: served,
    fingerprint,
    space,
    results: ranking.items.map(({ index, score }) => ({ index, relevance_score: score })),
    failed: found.failedCandidates.map(({ index, error }) => ({
      index,
      error: openAiError(renameField(error, fields)),
    })),
  };
}
