import { toMatrix } from '@triptych/clip-engine';
import type { Ranking, RankRequest__Output, RankResponse } from '@triptych/protocol';
import type { CallContext } from '../call.js';
import type { ServiceParts } from '../service-parts.js';
import { namesBytes } from './answer-bytes.js';
import { type ComparedVectors, compareItems } from './compare-items.js';
import { failedItems, wholeItems } from './item-vectors.js';
import { planSpace, spaceStamp } from './space-plan.js';

/** `CrossModal.Rank`: cosines, best first. A candidate that failed is in no ranking. */
export function rank(
  parts: ServiceParts,
  request: RankRequest__Output,
  context: CallContext,
): Promise<RankResponse> {
  const plan = planSpace(parts, request.model);
  const { dimensions, engine } = plan.model.shared;
  const { queries, candidates, topK } = request;
  const names = candidates.map(({ id }) => id);
  const answerBytes = namesBytes(queries.length, names, topK);
  const compare = async (compared: ComparedVectors): Promise<RankResponse> => {
    const wholeQueries = wholeItems(compared.queries);
    const wholeCandidates = wholeItems(compared.candidates);
    const ranked = await engine.rank(
      {
        queries: toMatrix(wholeQueries.vectors, dimensions),
        candidates: toMatrix(wholeCandidates.vectors, dimensions),
        scale: 1,
        topK,
        probabilities: false,
      },
      context,
    );
    const rankings = queries.map(({ id }, i): Ranking => {
      const query = compared.queries[i];
      if ('error' in query) return { queryId: id, error: query.error };
      const items = ranked[wholeQueries.places.indexOf(i)].map(({ index, score }) => {
        const place = wholeCandidates.places[index];
        return { index: place, id: names[place], score };
      });
      return { queryId: id, items };
    });
    return { stamp: spaceStamp(plan), rankings, failedCandidates: failedItems(compared.candidates) };
  };
  return compareItems(parts, plan, { queries, candidates, answerBytes, compare }, context);
}
