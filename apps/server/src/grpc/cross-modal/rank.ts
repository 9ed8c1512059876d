import { toMatrix } from '@triptych/clip-engine';
import type { Ranking, RankRequest__Output, RankResponse } from '@triptych/protocol';
import type { CallContext } from '../call.js';
import type { ServiceParts } from '../service-parts.js';
import { compareItems } from './compare-items.js';
import { failedItems, wholeItems } from './item-vectors.js';
import { planSpace, spaceStamp } from './space-plan.js';

/** `CrossModal.Rank`: cosines, best first. A candidate that failed is in no ranking. */
export async function rank(
  parts: ServiceParts,
  request: RankRequest__Output,
  context: CallContext,
): Promise<RankResponse> {
  const plan = planSpace(parts, request.model);
  const { dimensions, engine } = plan.model.shared;
  const compared = await compareItems(parts, plan, request, context);
  const queries = wholeItems(compared.queries);
  const candidates = wholeItems(compared.candidates);
  const ranked = await engine.rank({
    queries: toMatrix(queries.vectors, dimensions),
    candidates: toMatrix(candidates.vectors, dimensions),
    scale: 1,
    topK: request.topK,
    probabilities: false,
  });
  const rankings = request.queries.map(({ id }, i): Ranking => {
    const query = compared.queries[i];
    if ('error' in query) return { queryId: id, error: query.error };
    const items = ranked[queries.places.indexOf(i)].map(({ index, score }) => {
      const place = candidates.places[index];
      return { index: place, id: request.candidates[place].id, score };
    });
    return { queryId: id, items };
  });
  return { stamp: spaceStamp(plan), rankings, failedCandidates: failedItems(compared.candidates) };
}
