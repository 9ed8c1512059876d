import type { Heard } from './listen.js';

export interface Neighbour {
  readonly name: string;
  readonly cosine: number;
}

/** For each sample the others, nearest first. Vectors are L2-normalised: their dot product is the cosine. */
export function neighbours(heard: readonly Heard[], count: number): Map<string, Neighbour[]> {
  return new Map(
    heard.map((one) => {
      const others = heard.filter((other) => other !== one);
      const ranked = others.map((other) => ({ name: other.name, cosine: dot(one.vector, other.vector) }));
      return [one.name, ranked.sort((a, b) => b.cosine - a.cosine).slice(0, count)];
    }),
  );
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
