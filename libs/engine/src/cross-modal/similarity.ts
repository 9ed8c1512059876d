import { toMatrix } from '@triptych/clip-engine';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import type { ModelStamp } from '../items/stamp.js';
import { type ComparedVectors, compareItems } from './compare-items.js';
import type { ComparedItem } from './compared-item.js';
import { type FailedPlace, failedItems, type ItemVector } from './item-vectors.js';
import { planSpace, spaceStamp } from './space-plan.js';

export interface SimilarityRequest {
  /** Default: the first that compares images and text. */
  readonly model?: string | undefined;
  readonly queries: readonly ComparedItem[];
  readonly candidates: readonly ComparedItem[];
  /** Cosines times the model's learned scale, plus its bias. Default: cosines. */
  readonly logits?: boolean | undefined;
}

export interface Similarities {
  readonly stamp: ModelStamp;
  readonly rows: number;
  readonly columns: number;
  /** Row-major, [queries, candidates]. An item that failed has NaN in its row or column. */
  readonly scores: Float32Array<ArrayBuffer>;
  readonly failedQueries: readonly FailedPlace[];
  readonly failedCandidates: readonly FailedPlace[];
}

/** Every query against every candidate: cosines, or logits. */
export async function similarity(
  parts: EngineParts,
  { model, queries, candidates, logits = false }: SimilarityRequest,
  context: CallContext,
): Promise<Similarities> {
  const plan = planSpace(parts, model);
  const { shared } = plan.model;
  const matrix = (vectors: readonly ItemVector[]) =>
    toMatrix(
      vectors.map((one) => ('vector' in one ? one.vector : new Float32Array(shared.dimensions).fill(NaN))),
      shared.dimensions,
    );
  const compare = async (compared: ComparedVectors): Promise<Similarities> => {
    const scores = await shared.engine.compare(
      {
        queries: matrix(compared.queries),
        candidates: matrix(compared.candidates),
        scale: logits ? shared.scores.scale : 1,
        bias: logits ? shared.scores.bias : 0,
      },
      context,
    );
    return {
      stamp: spaceStamp(plan),
      rows: queries.length,
      columns: candidates.length,
      scores,
      failedQueries: failedItems(compared.queries),
      failedCandidates: failedItems(compared.candidates),
    };
  };
  const answerBytes = Float32Array.BYTES_PER_ELEMENT * queries.length * candidates.length;
  return compareItems(parts, plan, { queries, candidates, answerBytes, compare }, context);
}
