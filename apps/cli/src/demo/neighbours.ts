import { rankVectors } from '@triptych/clip-engine';
import type { Heard } from './listen.js';

export interface Neighbour {
  readonly name: string;
  readonly cosine: number;
}

/** For each sample the others, nearest first. */
export function neighbours(heard: readonly Heard[], count: number): Map<string, Neighbour[]> {
  return new Map(
    heard.map((one) => {
      const others = heard.filter((other) => other !== one);
      const vectors = others.map(({ vector }) => vector);
      const ranked = rankVectors(one.vector, vectors, count);
      return [one.name, ranked.map(({ index, score }) => ({ name: others[index].name, cosine: score }))];
    }),
  );
}
