import {
  DEFAULT_RANK_CONSTANT,
  type RankFusion,
  type RankFusionRule,
  rankFusionRules,
} from '@triptych/clip-engine';
import { TriptychError } from '@triptych/core';
import { checkBatch, checkName } from '@triptych/validation';
import type { EngineParts } from '../engine-parts.js';
import { inField } from '../items/in-field.js';
import { planSpace, type SpacePlan } from './space-plan.js';
import { checkWeights } from './weights.js';

/** How rankings by several queries, or by several models, become one. */
export interface RequestedRankFusion {
  /** `z-score`, `min-max`, `mean-cosine` (of one space only) or `reciprocal-rank`. Default: `z-score`. */
  readonly rule?: string | undefined;
  /** k of `reciprocal-rank`. Default, and 0: 60. */
  readonly rankConstant?: number | undefined;
  /** Default, and empty: one ranking by each query, with the request's model. */
  readonly sources?: readonly RankSource[] | undefined;
}

/** Rankings by one model, in its own space. */
export interface RankSource {
  /** Default, and empty: the request's. */
  readonly model?: string | undefined;
  /** Of each of its rankings, times its query's weight. Default: 1. */
  readonly weight?: number | undefined;
  /** Places of queries in the request. Default, and empty: every one. */
  readonly queries?: readonly number[] | undefined;
}

/** Rankings in a model's space: the place in the request of each query, and its ranking's weight. */
export interface PlannedRankings {
  readonly plan: SpacePlan;
  readonly weights: ReadonlyMap<number, number>;
}

export interface RankPlan extends RankFusion {
  /** Of each source. */
  readonly plans: readonly SpacePlan[];
  /** Of each model. */
  readonly rankings: readonly PlannedRankings[];
}

interface Request {
  readonly model?: string | undefined;
  readonly queries: readonly { readonly weight?: number | undefined }[];
  readonly fusion: RequestedRankFusion;
}

/** Every source ranks all candidates, and encodes them: a call may ask for no more than this. */
export const MOST_SOURCES = 8;

const FIELD = 'fusion.sources';

/** The sources of a request that names some, or the one that stands for none. */
export function sourcesOf({
  model = '',
  fusion,
}: Omit<Request, 'queries'>): (RankSource & { model: string })[] {
  const { sources = [] } = fusion;
  if (sources.length === 0) return [{ model }];
  return sources.map((source) => ({ ...source, model: source.model || model }));
}

/**
 * Which rankings a request asks for, by model. Throws WEIGHT_INVALID, FUSION_INVALID, ENUM_UNKNOWN, BATCH_TOO_LARGE, SPACE_MISMATCH
 * where cosines of different spaces were to be added up, and as {@link planSpace}.
 */
export function planRankings(parts: EngineParts, request: Request): RankPlan {
  const { queries, fusion } = request;
  const sources = sourcesOf(request);
  checkBatch(sources.length, MOST_SOURCES, FIELD);
  const plans = sources.map(({ model }, i) => inField(`${FIELD}[${i}]`, () => planSpace(parts, model)));
  const ofQueries = checkWeights(queries, 'queries');
  const ofSources = checkWeights(sources, FIELD);
  const rankings = new Map<string, { plan: SpacePlan; weights: Map<number, number> }>();
  sources.forEach((source, i) => {
    const plan = plans[i];
    const known = rankings.get(plan.model.name) ?? { plan, weights: new Map<number, number>() };
    rankings.set(plan.model.name, known);
    for (const place of placesOf(source, i, queries.length)) {
      const weight = ofSources[i] * ofQueries[place];
      known.weights.set(place, (known.weights.get(place) ?? 0) + weight);
    }
  });
  checkCovered([...rankings.values()], queries.length);
  const { rule, rankConstant = 0 } = fusion;
  if (!(Number.isInteger(rankConstant) && rankConstant >= 0))
    throw invalid(
      `the rank constant is ${rankConstant}; expected a whole number of 1 or more`,
      'rank_constant',
    );
  return {
    plans,
    rankings: [...rankings.values()],
    rule: chooseRule(rule, plans),
    rankConstant: rankConstant || DEFAULT_RANK_CONSTANT,
  };
}

/** The queries of a source, each once. Throws FUSION_INVALID where the request has no such query. */
function placesOf({ queries = [] }: RankSource, source: number, count: number): Iterable<number> {
  if (queries.length === 0) return Array.from({ length: count }, (_, place) => place);
  queries.forEach((place, i) => {
    if (Number.isInteger(place) && place >= 0 && place < count) return;
    const message = `there is no query ${place}; expected a number from 0 to ${count - 1}`;
    throw invalid(message, `sources[${source}].queries[${i}]`);
  });
  return new Set(queries);
}

/** Throws FUSION_INVALID where a query is in no ranking, and WEIGHT_INVALID where no ranking counts. */
function checkCovered(rankings: readonly PlannedRankings[], count: number): void {
  for (let place = 0; place < count; place++) {
    if (rankings.some(({ weights }) => weights.has(place))) continue;
    throw invalid(
      `query ${place} is in no source; expected each query in one, or sources without queries`,
      'sources',
    );
  }
  if (rankings.some(({ weights }) => [...weights.values()].some((weight) => weight > 0))) return;
  const message = "the weight of each ranking is 0, its source's times its query's; expected one above 0";
  throw new TriptychError('WEIGHT_INVALID', message, { field: FIELD });
}

/** The rule, or the default one: see docs/decisions/fusion.md. */
function chooseRule(rule: string | undefined, plans: readonly SpacePlan[]): RankFusionRule {
  const spaces = [...new Set(plans.map(({ model }) => model.shared.name))];
  const chosen = checkName(rule, rankFusionRules, 'fusion.rule');
  if (chosen !== 'mean-cosine' || spaces.length === 1) return chosen;
  const others = rankFusionRules.filter((one) => one !== chosen);
  throw new TriptychError(
    'SPACE_MISMATCH',
    `the cosines of spaces ${spaces.map((space) => JSON.stringify(space)).join(' and ')} cannot be added up; expected one of ${others.join(', ')}`,
    { field: 'fusion.rule' },
  );
}

function invalid(message: string, field: string): TriptychError {
  return new TriptychError('FUSION_INVALID', message, { field: `fusion.${field}` });
}
