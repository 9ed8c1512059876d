import { toMatrix } from '@triptych/clip-engine';
import { namesBytes } from '../admission/answer-bytes.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { type ComparedVectors, compareItems } from './compare-items.js';
import { failedItems, wholeItems } from './item-vectors.js';
import { rankTogether } from './rank-together.js';
import type { FusedRankRequest, Rankings, RankRequest } from './rankings.js';
import { planSpace, spaceStamp } from './space-plan.js';

/** Ranks candidates by their cosine to each query, or by all queries together. */
export function rank(parts: EngineParts, request: RankRequest, context: CallContext): Promise<Rankings> {
  return isFused(request) ? rankTogether(parts, request, context) : rankByEach(parts, request, context);
}

function isFused(request: RankRequest): request is FusedRankRequest {
  return request.fusion !== undefined;
}

async function rankByEach(
  parts: EngineParts,
  { model, queries, candidates, topK = 0 }: RankRequest,
  context: CallContext,
): Promise<Rankings> {
  const plan = planSpace(parts, model);
  const { dimensions, engine } = plan.model.shared;
  const names = candidates.map(({ id = '' }) => id);
  const answerBytes = namesBytes(queries.length, names, topK);
  const compare = async (compared: ComparedVectors): Promise<Rankings> => {
    const wholeQueries = wholeItems(compared.queries);
    const wholeCandidates = wholeItems(compared.candidates);
    const ranked = await engine.rank(
      {
        queries: toMatrix(wholeQueries.vectors, dimensions),
        candidates: toMatrix(wholeCandidates.vectors, dimensions),
        scale: 1,
        topK,
      },
      context,
    );
    const rankings = compared.queries.map((query, i) => {
      if ('error' in query) return query;
      const items = ranked[wholeQueries.places.indexOf(i)];
      // In place: for the largest request another quarter of a million objects would keep the event loop.
      for (const item of items as readonly { index: number }[])
        item.index = wholeCandidates.places[item.index];
      return { items };
    });
    return { stamp: spaceStamp(plan), rankings, failedCandidates: failedItems(compared.candidates) };
  };
  return compareItems(parts, plan, { queries, candidates, answerBytes, compare }, context);
}
