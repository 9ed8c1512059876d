import { toMatrix } from '@triptych/clip-engine';
import { checkBatch } from '@triptych/validation';
import { checkAnswer, namesBytes } from '../admission/answer-bytes.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { type ComparedItem, cameBytes, itemLoads } from './compared-item.js';
import { failedItems, type ItemVector, itemVectors } from './item-vectors.js';
import type { FusedRankRequest, Rankings } from './rankings.js';
import { type PlannedRankings, planRankings } from './rank-sources.js';
import { spaceStamp } from './space-plan.js';

/** The vectors of a call in one space. */
interface SpaceVectors {
  readonly queries: readonly ItemVector[];
  readonly candidates: readonly ItemVector[];
}

/**
 * Ranks candidates by all queries together, with one model or several: one ranking. A query that failed fails it; a candidate that failed with one
 * of the models is not in it. Throws as {@link planRankings}, BATCH_* and OVERLOADED.
 */
export async function rankTogether(
  parts: EngineParts,
  request: FusedRankRequest,
  context: CallContext,
): Promise<Rankings> {
  const { limits } = parts;
  const { queries, candidates, topK = 0 } = request;
  checkBatch(queries.length, limits.maxItems, 'queries');
  checkBatch(candidates.length, limits.maxItems - queries.length, 'candidates');
  const { plans, rankings, rule, rankConstant } = planRankings(parts, request);
  const names = candidates.map(({ id = '' }) => id);
  const answerBytes = namesBytes(1, names, topK);
  checkAnswer(answerBytes, limits);
  const load = {
    ...context,
    bytes: cameBytes([...queries, ...candidates], context) + answerBytes,
    loads: rankings.flatMap((ranking) =>
      itemLoads(ranking.plan, [...queriesOf(ranking, queries), ...candidates]),
    ),
  };
  return context.admission.run(load, async () => {
    const stamps = plans.map(spaceStamp);
    const encoded = await Promise.all(rankings.map((ranking) => encode(ranking, request, context)));
    const failedCandidates = failedItems(
      candidates.map(
        (_, i) => encoded.map((one) => one.candidates[i]).find(isFailed) ?? encoded[0].candidates[i],
      ),
    );
    const answer = { stamp: stamps[0], sourceStamps: stamps, failedCandidates };
    const failed = encoded.flatMap((one) => one.queries).find(isFailed);
    if (failed) return { ...answer, rankings: [failed] };
    const without = new Set(failedCandidates.map(({ index }) => index));
    const places = candidates.flatMap((_, i) => (without.has(i) ? [] : [i]));
    const ranked = await rankings[0].plan.model.shared.engine.fuseRankings(
      {
        spaces: rankings.map(({ plan, weights }, i) => {
          const { dimensions } = plan.model.shared;
          const ofPlaces = places.map((place) => encoded[i].candidates[place]);
          return {
            queries: toMatrix(encoded[i].queries.flatMap(vectorOf), dimensions),
            candidates: toMatrix(ofPlaces.flatMap(vectorOf), dimensions),
            weights: [...weights.values()],
          };
        }),
        rule,
        rankConstant,
        topK,
      },
      context,
    );
    const items = ranked.map(({ index, score }) => ({ index: places[index], score }));
    return { ...answer, rankings: [{ items }] };
  });
}

async function encode(
  ranking: PlannedRankings,
  { queries, candidates }: FusedRankRequest,
  context: CallContext,
): Promise<SpaceVectors> {
  const { plan, weights } = ranking;
  const [ofQueries, ofCandidates] = await Promise.all([
    itemVectors(plan, queriesOf(ranking, queries), 'queries', context, [...weights.keys()]),
    itemVectors(plan, candidates, 'candidates', context),
  ]);
  return { queries: ofQueries, candidates: ofCandidates };
}

function queriesOf({ weights }: PlannedRankings, queries: readonly ComparedItem[]): ComparedItem[] {
  return [...weights.keys()].map((place) => queries[place]);
}

function isFailed(one: ItemVector): one is Extract<ItemVector, { readonly error: unknown }> {
  return 'error' in one;
}

function vectorOf(one: ItemVector): Float32Array[] {
  return 'vector' in one ? [one.vector] : [];
}
