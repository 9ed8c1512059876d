import { serveWorker, Transferred } from '@triptych/core';
import type { CompareRequest, RankReply, RankRequest } from './protocol.js';
import { rank, similarity, softmax } from './similarity.js';

serveWorker({
  compare: ({ queries, candidates, scale }: CompareRequest) => {
    const scores = similarity(queries, candidates, scale);
    return new Transferred(scores, [scores.buffer]);
  },
  rank: ({ queries, candidates, scale, topK, probabilities }: RankRequest): RankReply => {
    const scores = similarity(queries, candidates, scale);
    const columns = candidates.values.length / candidates.dimensions;
    return Array.from({ length: queries.values.length / queries.dimensions }, (_, row) => {
      const ofRow = scores.subarray(row * columns, (row + 1) * columns);
      return rank(probabilities ? softmax(ofRow) : ofRow, topK);
    });
  },
});
