import type { Item__Output } from '@triptych/protocol';
import { checkBatch } from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { ServiceParts } from '../service-parts.js';
import { itemBytes, itemLoads, type ItemVector, itemVectors } from './item-vectors.js';
import type { SpacePlan } from './space-plan.js';

/** Vectors of what a call compares. Throws BATCH_EMPTY, BATCH_TOO_LARGE or OVERLOADED. */
export function compareItems(
  { limits }: ServiceParts,
  plan: SpacePlan,
  {
    queries,
    candidates,
  }: { readonly queries: readonly Item__Output[]; readonly candidates: readonly Item__Output[] },
  context: CallContext,
): Promise<{ queries: ItemVector[]; candidates: ItemVector[] }> {
  checkBatch(queries.length, limits.maxItems, 'queries');
  checkBatch(candidates.length, limits.maxItems - queries.length, 'candidates');
  const all = [...queries, ...candidates];
  const load = { ...context, bytes: itemBytes(all), loads: itemLoads(plan, all) };
  return context.admission.run(load, async () => {
    const [ofQueries, ofCandidates] = await Promise.all([
      itemVectors(plan, queries, 'queries', context),
      itemVectors(plan, candidates, 'candidates', context),
    ]);
    return { queries: ofQueries, candidates: ofCandidates };
  });
}
