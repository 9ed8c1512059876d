import { serveWorker, Transferred } from '@triptych/core';
import { fuseScores, type ScoreList } from './fusion/fuse-rankings.js';
import { fuseVectors } from './fusion/fuse-vectors.js';
import type {
  CompareRequest,
  FuseRankingsRequest,
  FuseVectorsRequest,
  RankReply,
  RankRequest,
  SpaceRankings,
} from './protocol.js';
import { probabilitiesOf, rank, type Ranked, similarity } from './similarity.js';

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
  fuseVectors: ({ vectors, weights, rule }: FuseVectorsRequest) => fuseVectors(vectors, weights, rule),
  fuseRankings: ({ spaces, topK, ...fusion }: FuseRankingsRequest): Ranked[] =>
    rank(fuseScores(spaces.flatMap(scoreLists), fusion), topK),
});

/** The candidates' cosines to each query of a space. */
function scoreLists({ queries, candidates, weights }: SpaceRankings): ScoreList[] {
  const scores = similarity(queries, candidates, 1);
  const columns = candidates.values.length / candidates.dimensions;
  return weights.map((weight, row) => ({
    scores: scores.subarray(row * columns, (row + 1) * columns),
    weight,
  }));
}
