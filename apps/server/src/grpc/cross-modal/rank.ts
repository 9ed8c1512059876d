import type { Engine, EngineCall, RequestedRankFusion } from '@triptych/engine';
import type { RankFusion__Output, Ranking, RankRequest__Output, RankResponse } from '@triptych/protocol';
import { nameOf, rankFusionRules } from '../names.js';
import { toItemError } from '../status.js';
import { failedMessages, readItem } from './items.js';

/** `CrossModal.Rank` */
export async function rank(
  engine: Engine,
  { model, queries, candidates, topK, fusion, early }: RankRequest__Output,
  call: EngineCall,
): Promise<RankResponse> {
  const [queryIds, names] = [queries, candidates].map((items) => items.map(({ id }) => id));
  const request = {
    model,
    queries: queries.map(readItem),
    candidates: candidates.map(readItem),
    topK,
    fusion: fusion ? readFusion(fusion) : undefined,
    early: early ?? undefined,
  };
  const { stamp, rankings, failedCandidates, sourceStamps = [] } = await engine.rank(request, call);
  return {
    stamp,
    sourceStamps: [...sourceStamps],
    rankings: rankings.map((ranking, i): Ranking => {
      // One of all queries bears none of their names.
      const queryId = fusion ? '' : queryIds[i];
      if ('error' in ranking) return { queryId, error: toItemError(ranking.error) };
      return {
        queryId,
        items: ranking.items.map(({ index, score }) => ({ index, id: names[index], score })),
      };
    }),
    failedCandidates: failedMessages(failedCandidates),
  };
}

function readFusion({ rule, rankConstant, sources }: RankFusion__Output): RequestedRankFusion {
  return { rule: nameOf(rankFusionRules, rule), rankConstant, sources };
}
