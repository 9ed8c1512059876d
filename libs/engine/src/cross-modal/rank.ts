import { type Ranked, toMatrix } from '@triptych/clip-engine';
import { namesBytes } from '../admission/answer-bytes.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import type { ItemResult } from '../items/encode-items.js';
import type { ModelStamp } from '../items/stamp.js';
import { type ComparedVectors, compareItems } from './compare-items.js';
import type { ComparedItem } from './compared-item.js';
import { type FailedPlace, failedItems, wholeItems } from './item-vectors.js';
import { planSpace, spaceStamp } from './space-plan.js';

export interface RankRequest {
  /** Default: the first that compares images and text. */
  readonly model?: string | undefined;
  readonly queries: readonly ComparedItem[];
  readonly candidates: readonly ComparedItem[];
  /** Candidates of each query. Default, and 0: all. */
  readonly topK?: number | undefined;
}

export interface Rankings {
  readonly stamp: ModelStamp;
  /** For each query its candidates, best first: their places, and cosines. A candidate that failed is in none. */
  readonly rankings: readonly ItemResult<{ readonly items: readonly Ranked[] }>[];
  readonly failedCandidates: readonly FailedPlace[];
}

/** Ranks candidates by their cosine to each query. */
export async function rank(
  parts: EngineParts,
  { model, queries, candidates, topK = 0 }: RankRequest,
  context: CallContext,
): Promise<Rankings> {
  const plan = planSpace(parts, model);
  const { dimensions, engine } = plan.model.shared;
  const names = candidates.map(({ id = '' }) => id);
  const answerBytes = namesBytes(queries.length, names, topK);
  const compare = async (compared: ComparedVectors): Promise<Rankings> => {
    const wholeQueries = wholeItems(compared.queries);
    const wholeCandidates = wholeItems(compared.candidates);
    const ranked = await engine.rank(
      {
        queries: toMatrix(wholeQueries.vectors, dimensions),
        candidates: toMatrix(wholeCandidates.vectors, dimensions),
        scale: 1,
        topK,
      },
      context,
    );
    const rankings = compared.queries.map((query, i) => {
      if ('error' in query) return query;
      const items = ranked[wholeQueries.places.indexOf(i)];
      // In place: for the largest request another quarter of a million objects would keep the event loop.
      for (const item of items as readonly { index: number }[])
        item.index = wholeCandidates.places[item.index];
      return { items };
    });
    return { stamp: spaceStamp(plan), rankings, failedCandidates: failedItems(compared.candidates) };
  };
  return compareItems(parts, plan, { queries, candidates, answerBytes, compare }, context);
}
