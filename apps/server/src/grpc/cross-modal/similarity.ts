import { toMatrix } from '@triptych/clip-engine';
import type { SimilarityRequest__Output, SimilarityResponse } from '@triptych/protocol';
import type { CallContext } from '../call.js';
import type { ServiceParts } from '../service-parts.js';
import { type ComparedVectors, compareItems } from './compare-items.js';
import { failedItems, type ItemVector } from './item-vectors.js';
import { planSpace, spaceStamp } from './space-plan.js';

/** `CrossModal.Similarity`: cosines, or logits. An item that failed has NaN in its row or column. */
export function similarity(
  parts: ServiceParts,
  request: SimilarityRequest__Output,
  context: CallContext,
): Promise<SimilarityResponse> {
  const plan = planSpace(parts, request.model);
  const { shared } = plan.model;
  const matrix = (vectors: readonly ItemVector[]) =>
    toMatrix(
      vectors.map((one) => ('vector' in one ? one.vector : new Float32Array(shared.dimensions).fill(NaN))),
      shared.dimensions,
    );
  const compare = async ({ queries, candidates }: ComparedVectors): Promise<SimilarityResponse> => {
    const scores = await shared.engine.compare(
      {
        queries: matrix(queries),
        candidates: matrix(candidates),
        scale: request.logits ? shared.temperature : 1,
      },
      context,
    );
    return {
      stamp: spaceStamp(plan),
      rows: queries.length,
      columns: candidates.length,
      // Its bytes: see `loadWirePackage`.
      scores: Buffer.from(scores.buffer) as unknown as number[],
      failedQueries: failedItems(queries),
      failedCandidates: failedItems(candidates),
    };
  };
  const { queries, candidates } = request;
  const answerBytes = Float32Array.BYTES_PER_ELEMENT * queries.length * candidates.length;
  return compareItems(parts, plan, { queries, candidates, answerBytes, compare }, context);
}
