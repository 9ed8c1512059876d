import type { Ranked } from '@triptych/clip-engine';
import { TriptychError } from '@triptych/core';
import type { RequestedImage } from '@triptych/validation';
import type { CallContext } from '../call.js';
import { encodeItems, type ItemResult } from '../items/encode-items.js';
import type { ComparedItem } from './compared-item.js';
import {
  imageTokens,
  matchLoads,
  matchPair,
  type MatchPlan,
  planMatch,
  textIds,
  tokenBytes,
} from './match-pairs.js';
import type { SpacePlan } from './space-plan.js';

/** A second stage: the best of the first are ranked anew by the probability that text and image match. */
export interface EarlyFusion {
  /** How many of the best for each query or item. Default, and 0: 16. */
  readonly candidates?: number | undefined;
}

const DEFAULT_CANDIDATES = 16;
/** The tokens of so many images are held at a time. */
const MOST_CANDIDATES = 32;

/** A second stage, checked. */
export interface EarlyPlan extends MatchPlan {
  readonly candidates: number;
}

/** Throws MODALITY_NOT_SERVED, or FUSION_INVALID where too many candidates are asked for. */
export function planEarly(space: SpacePlan, { candidates = 0 }: EarlyFusion): EarlyPlan {
  const plan = planMatch(space);
  const chosen = candidates || DEFAULT_CANDIDATES;
  if (Number.isInteger(chosen) && chosen > 0 && chosen <= MOST_CANDIDATES)
    return { ...plan, candidates: chosen };
  throw new TriptychError(
    'FUSION_INVALID',
    `${candidates} candidates of each query are to be matched; expected 1 to ${MOST_CANDIDATES}`,
    { field: 'early.candidates' },
  );
}

/** Throws FUSION_INVALID unless all items are images. */
export function checkImages(items: readonly ComparedItem[]): void {
  check(items, 'items', false);
}

/** Throws FUSION_INVALID unless all queries are texts and all candidates images, or the other way round. */
export function checkPairs(queries: readonly ComparedItem[], candidates: readonly ComparedItem[]): void {
  if (queries.length === 0) return;
  const isText = queries[0].text !== undefined;
  check(queries, 'queries', isText);
  check(candidates, 'candidates', !isText);
}

function check(items: readonly ComparedItem[], field: string, wantsText: boolean): void {
  items.forEach(({ text, image }, i) => {
    if (wantsText ? text !== undefined : image !== undefined) return;
    throw new TriptychError(
      'FUSION_INVALID',
      `the item is no ${wantsText ? 'text' : 'image'}; a text is matched with an image: expected texts on one side and images on the other`,
      { field: `${field}[${i}]` },
    );
  });
}

/** What a second stage brings and holds, for so many queries. */
export function earlyWork(
  plan: EarlyPlan,
  queries: readonly ComparedItem[],
  candidates: readonly ComparedItem[],
) {
  const found = Math.min(plan.candidates, candidates.length);
  const pairs = queries.length * found;
  const ofQueries = imagesOf(queries);
  const ofCandidates = imagesOf(candidates).slice(0, found);
  return {
    loads: [
      ...matchLoads(plan, pairs, ofQueries),
      ...(ofCandidates.length > 0 ? matchLoads(plan, 0, ofCandidates, queries.length) : []),
    ].filter(({ items }) => items > 0),
    bytes: tokenBytes(plan, Math.max(1, ofCandidates.length)),
  };
}

interface FirstStage {
  readonly queries: readonly ComparedItem[];
  readonly candidates: readonly ComparedItem[];
  /** 0: all that were ranked anew. */
  readonly topK: number;
  /** How the request names the queries. Default: `queries`. */
  readonly field?: string;
}

type Ranking = ItemResult<{ readonly items: readonly Ranked[] }>;

/** The best of each query's ranking, ranked anew, one query after the other; scores are probabilities. */
export async function rankAnew(
  plan: EarlyPlan,
  { queries, candidates, topK, field = 'queries' }: FirstStage,
  rankings: readonly Ranking[],
  context: CallContext,
): Promise<Ranking[]> {
  const anew: Ranking[] = [];
  for (const [i, ranking] of rankings.entries()) {
    if ('error' in ranking) anew.push(ranking);
    else {
      const best = ranking.items.map(({ index }) => ({ index, item: candidates[index] }));
      const [one] = await encodeItems([queries[i]], field, (query) => matchBest(plan, query, best, context), [
        i,
      ]);
      anew.push('error' in one ? one : { items: topK === 0 ? one : one.slice(0, topK) });
    }
  }
  return anew;
}

/** What is matched with one item, ranked by the probability that they match. */
export async function matchBest(
  plan: EarlyPlan,
  { text, image }: ComparedItem,
  best: readonly { readonly index: number; readonly item: ComparedItem }[],
  context: CallContext,
): Promise<Ranked[]> {
  const ids = text === undefined ? undefined : await textIds(plan, text, context);
  const tokens = image && (await imageTokens(plan, image, context));
  const found = await Promise.all(
    best.map(async ({ index, item }) => {
      const itsIds = ids ?? (await textIds(plan, item.text ?? '', context));
      const itsTokens = tokens ?? (await imageTokens(plan, item.image ?? {}, context));
      return { index, score: (await matchPair(plan, itsIds, itsTokens, context)).probability };
    }),
  );
  return found.sort((a, b) => b.score - a.score || a.index - b.index);
}

function imagesOf(items: readonly ComparedItem[]): RequestedImage[] {
  return items.flatMap(({ image }) => image ?? []);
}
