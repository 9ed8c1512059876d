import { serveWorker, Transferred } from '@triptych/core';
import type { CompareRequest, RankReply, RankRequest } from './protocol.js';
import { probabilitiesOf, rank, similarity } from './similarity.js';

serveWorker({
  compare: ({ queries, candidates, scale, bias }: CompareRequest) => {
    const scores = similarity(queries, candidates, scale, bias);
    return new Transferred(scores, [scores.buffer]);
  },
  rank: ({ queries, candidates, scale, bias, topK, probabilities }: RankRequest): RankReply => {
    const scores = similarity(queries, candidates, scale, bias);
    const columns = candidates.values.length / candidates.dimensions;
    return Array.from({ length: queries.values.length / queries.dimensions }, (_, row) => {
      const ofRow = scores.subarray(row * columns, (row + 1) * columns);
      return rank(probabilities ? probabilitiesOf[probabilities](ofRow) : ofRow, topK);
    });
  },
});
