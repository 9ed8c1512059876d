import type { Engine, EngineCall } from '@triptych/engine';
import type { Ranking, RankRequest__Output, RankResponse } from '@triptych/protocol';
import { toItemError } from '../status.js';
import { failedMessages, readItem } from './items.js';

/** `CrossModal.Rank` */
export async function rank(
  engine: Engine,
  { model, queries, candidates, topK }: RankRequest__Output,
  call: EngineCall,
): Promise<RankResponse> {
  const [queryIds, names] = [queries, candidates].map((items) => items.map(({ id }) => id));
  const request = { model, queries: queries.map(readItem), candidates: candidates.map(readItem), topK };
  const { stamp, rankings, failedCandidates } = await engine.rank(request, call);
  return {
    stamp,
    rankings: rankings.map((ranking, i): Ranking => {
      const queryId = queryIds[i];
      if ('error' in ranking) return { queryId, error: toItemError(ranking.error) };
      return {
        queryId,
        items: ranking.items.map(({ index, score }) => ({ index, id: names[index], score })),
      };
    }),
    failedCandidates: failedMessages(failedCandidates),
  };
}
