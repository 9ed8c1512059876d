import { toMatrix } from '@triptych/clip-engine';
import { TriptychError } from '@triptych/core';
import { namesBytes } from '../admission/answer-bytes.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { type ComparedVectors, compareItems } from './compare-items.js';
import { checkPairs, earlyWork, planEarly, rankAnew } from './early.js';
import { failedItems, wholeItems } from './item-vectors.js';
import { rankTogether } from './rank-together.js';
import type { FusedRankRequest, Rankings, RankRequest } from './rankings.js';
import { planSpace, spaceStamp } from './space-plan.js';

/** Ranks candidates by their cosine to each query, the best anew where a second stage is asked for, or by all queries together. */
export async function rank(
  parts: EngineParts,
  request: RankRequest,
  context: CallContext,
): Promise<Rankings> {
  if (!isFused(request)) return rankByEach(parts, request, context);
  if (!request.early) return rankTogether(parts, request, context);
  const message =
    'early and fusion are both there; expected one of them: a second stage ranks for one query at a time';
  throw new TriptychError('FUSION_INVALID', message, { field: 'early' });
}

function isFused(request: RankRequest): request is FusedRankRequest {
  return request.fusion !== undefined;
}

async function rankByEach(
  parts: EngineParts,
  { model, queries, candidates, topK = 0, early }: RankRequest,
  context: CallContext,
): Promise<Rankings> {
  const plan = planSpace(parts, model);
  const { dimensions, engine } = plan.model.shared;
  const names = candidates.map(({ id = '' }) => id);
  const answerBytes = namesBytes(queries.length, names, topK);
  const second = early && planEarly(plan, early);
  if (second) checkPairs(queries, candidates);
  const compare = async (compared: ComparedVectors): Promise<Rankings> => {
    const wholeQueries = wholeItems(compared.queries);
    const wholeCandidates = wholeItems(compared.candidates);
    const ranked = await engine.rank(
      {
        queries: toMatrix(wholeQueries.vectors, dimensions),
        candidates: toMatrix(wholeCandidates.vectors, dimensions),
        scale: 1,
        topK: second?.candidates ?? topK,
      },
      context,
    );
    const first = compared.queries.map((query, i) => {
      if ('error' in query) return query;
      const items = ranked[wholeQueries.places.indexOf(i)];
      // In place: for the largest request another quarter of a million objects would keep the event loop.
      for (const item of items as readonly { index: number }[])
        item.index = wholeCandidates.places[item.index];
      return { items };
    });
    const rankings = second ? await rankAnew(second, { queries, candidates, topK }, first, context) : first;
    return { stamp: spaceStamp(plan), rankings, failedCandidates: failedItems(compared.candidates) };
  };
  const next = second && earlyWork(second, queries, candidates);
  return compareItems(parts, plan, { queries, candidates, answerBytes, next, compare }, context);
}
