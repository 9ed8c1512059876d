import { checkBatch } from '@triptych/validation';
import type { Load } from '../admission/admission.js';
import { checkAnswer } from '../admission/answer-bytes.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { type ComparedItem, cameBytes, itemLoads } from './compared-item.js';
import { type ItemVector, itemVectors } from './item-vectors.js';
import type { SpacePlan } from './space-plan.js';

export interface ComparedVectors {
  readonly queries: readonly ItemVector[];
  readonly candidates: readonly ItemVector[];
}

interface Comparison<Result> {
  readonly queries: readonly ComparedItem[];
  readonly candidates: readonly ComparedItem[];
  /** Most that the answer may have. */
  readonly answerBytes: number;
  /** What becomes of the comparison: work, and bytes that are held meanwhile. Default: none. */
  readonly next?: { readonly loads: readonly Load[]; readonly bytes: number } | undefined;
  readonly compare: (vectors: ComparedVectors) => Promise<Result>;
}

/**
 * Makes vectors of what a call compares, and compares them. Throws BATCH_EMPTY, BATCH_TOO_LARGE, MESSAGE_TOO_LARGE or OVERLOADED,
 * and as `compare` does.
 */
export function compareItems<Result>(
  { limits }: EngineParts,
  plan: SpacePlan,
  { queries, candidates, answerBytes, next = { loads: [], bytes: 0 }, compare }: Comparison<Result>,
  context: CallContext,
): Promise<Result> {
  checkBatch(queries.length, limits.maxItems, 'queries');
  checkBatch(candidates.length, limits.maxItems - queries.length, 'candidates');
  checkAnswer(answerBytes, limits);
  const all = [...queries, ...candidates];
  const load = {
    ...context,
    bytes: cameBytes(all, context) + answerBytes + next.bytes,
    loads: [...itemLoads(plan, all), ...next.loads],
  };
  return context.admission.run(load, async () => {
    const [ofQueries, ofCandidates] = await Promise.all([
      itemVectors(plan, queries, 'queries', context),
      itemVectors(plan, candidates, 'candidates', context),
    ]);
    return compare({ queries: ofQueries, candidates: ofCandidates });
  });
}
