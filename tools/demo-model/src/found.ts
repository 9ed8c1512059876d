import { similarity, toMatrix } from '@triptych/clip-engine';
import { SAME, TOP } from './retrieval.js';

/** How well queries found their own among all documents, and among a few. */
export interface Found {
  /** Share of them whose own is among the first 1, 5 and 10. */
  readonly top: readonly number[];
  /** Mean of 1 / the place of their own. */
  readonly reciprocal: number;
  /** The same among {@link FEW} documents: what is ranked is often what something cheaper has found. */
  readonly reciprocalOfFew: number;
}

const FEW = 20;
/** Others of the few lie so far apart: more than one group of neighbouring emoji. */
const STRIDE = 67;

/** Cosines of a query to all documents. */
export function scoresOf(query: Float32Array, documents: readonly Float32Array[]): Float32Array {
  const { length } = query;
  return similarity(toMatrix([query], length), toMatrix(documents, length), 1);
}

/**
 * Of queries, whose own document has their number, each with its scores in one list or several, which `combine` makes one of. What
 * scores the same is not before their own.
 */
export function found(
  queries: readonly (readonly Float32Array[])[],
  combine: (lists: readonly Float32Array[]) => Float32Array,
): Found {
  const places = queries.map((lists, query) => placeOf(combine(lists), query));
  const ofFew = queries.map((lists, query) => {
    const few = Array.from({ length: FEW }, (_, i) => (query + i * STRIDE) % queries.length);
    few.sort((a, b) => a - b);
    return placeOf(
      combine(lists.map((scores) => Float32Array.from(few, (document) => scores[document]))),
      few.indexOf(query),
    );
  });
  return {
    top: TOP.map((k) => mean(places.map((place) => Number(place < k)))),
    reciprocal: mean(places.map((place) => 1 / (place + 1))),
    reciprocalOfFew: mean(ofFew.map((place) => 1 / (place + 1))),
  };
}

function placeOf(scores: Float32Array, own: number): number {
  return scores.reduce((before, score) => before + Number(score > scores[own] + SAME), 0);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
