import { MOST_SOURCES, type RequestedRankFusion } from '@triptych/engine';
import { z } from 'zod';
import { openAiError } from '../failure.js';
import { inRoute, renameField } from '../in-route.js';
import { name, text } from '../json/parse-request.js';
import { comparedBytes, comparedItem, early, readCompared, weightedItem } from './compared.js';
import type { PostedRequest } from '../posted-request.js';

const weight = z.number({ error: 'expected a number' });

const fusion = z.strictObject({
  rule: name(
    'z-score, min-max, mean-cosine (of one space only) or reciprocal-rank. Default: z-score.',
  ).optional(),
  rank_constant: z
    .number({ error: 'expected a number' })
    .optional()
    .meta({ description: 'k of reciprocal-rank. Default: 60.' }),
  sources: z
    .array(
      z.strictObject({
        model: name("A served model that compares images and text. Default: the request's.").optional(),
        weight: weight.optional().meta({ description: 'Of its rankings. Default: 1.' }),
        queries: z
          .array(z.number({ error: 'expected a number' }), { error: 'expected a list of numbers' })
          .optional()
          .meta({ description: 'Places in `query`. Default: every one.' }),
      }),
      { error: 'expected a list of sources' },
    )
    .max(MOST_SOURCES, `expected at most ${MOST_SOURCES} sources`)
    .optional()
    .meta({ description: "Models whose rankings are fused. Default: the request's model." }),
});

export const rerankRequest = z.strictObject({
  model: name('A served model that compares images and text. Without: the first.').optional(),
  query: z.union([comparedItem, z.array(weightedItem)], {
    error: 'expected a text, an object with text, image, audio, or embedding and space, or a list of them',
  }),
  fusion: fusion.optional().meta({ description: 'How several queries, or several models, rank together.' }),
  early: early.optional(),
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

/** `POST /v1/rerank`: documents of any modality by their cosine to a query of any, or by several queries or models together. Documents that fail are listed by themselves. */
export async function rerank(
  { engine, call, bodyBytes, reader, held }: PostedRequest,
  { model, query, fusion, early, documents, top_n: topK }: z.infer<typeof rerankRequest>,
): Promise<object> {
  const isList = Array.isArray(query);
  const queries = await readCompared(
    isList ? query : [query],
    (i) => (isList ? `query[${i}]` : 'query'),
    reader,
  );
  const candidates = await readCompared(documents, (i) => `documents[${i}]`, reader);
  held.leave();
  const engineCall = call.engineCall(bodyBytes + comparedBytes([...queries, ...candidates]));
  const request = {
    model,
    queries,
    candidates,
    topK,
    fusion: isList || fusion ? readFusion(fusion) : undefined,
    early,
  };
  const found = await inRoute(fields, engine.rank(request, engineCall));
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

function readFusion({
  rule,
  rank_constant: rankConstant,
  sources,
}: z.infer<typeof fusion> = {}): RequestedRankFusion {
  return { rule, rankConstant, sources };
}
