/** Vectors row by row, each of length 1: [count, dimensions]. */
export interface VectorMatrix {
  readonly values: Float32Array<ArrayBuffer>;
  readonly dimensions: number;
}

/**
 * Every query against every candidate: their cosine times `scale` plus `bias`, row-major, [queries, candidates]. With the numbers
 * that a model has learned these are its logits (CLIP: Radford et al. 2021, figure 3; SigLIP: Zhai et al. 2023, algorithm 1).
 */
export function similarity(
  queries: VectorMatrix,
  candidates: VectorMatrix,
  scale: number,
  bias = 0,
): Float32Array<ArrayBuffer> {
  const { dimensions } = queries;
  const rows = queries.values.length / dimensions;
  const columns = candidates.values.length / dimensions;
  const scores = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const query = queries.values.subarray(row * dimensions, (row + 1) * dimensions);
    for (let column = 0; column < columns; column++) {
      const start = column * dimensions;
      let sum = 0;
      for (let i = 0; i < dimensions; i++) sum += query[i] * candidates.values[start + i];
      scores[row * columns + column] = sum * scale + bias;
    }
  }
  return scores;
}

/** One score and where it stood. */
export interface Ranked {
  readonly index: number;
  readonly score: number;
}

/** The best scores, best first; of equal ones the earlier first. `topK` 0: all. */
export function rank(scores: Float32Array, topK: number): Ranked[] {
  const ranked = Array.from(scores, (score, index) => ({ index, score }));
  ranked.sort((a, b) => b.score - a.score || a.index - b.index);
  return topK === 0 ? ranked : ranked.slice(0, topK);
}

/** How logits become probabilities: over all candidates, or each by itself. */
export type Probabilities = 'softmax' | 'sigmoid';

export const probabilitiesOf: Readonly<Record<Probabilities, (scores: Float32Array) => Float32Array>> = {
  softmax,
  sigmoid: (scores) => scores.map((score) => 1 / (1 + Math.exp(-score))),
};

/** Probabilities that grow with the exponential of each score, and add up to 1. */
function softmax(scores: Float32Array): Float32Array {
  const highest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = scores.map((score) => Math.exp(score - highest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** The candidates nearest to a query, best first, by their cosine. All are of length 1. */
export function rankVectors(
  query: Float32Array,
  candidates: readonly Float32Array[],
  topK: number,
): Ranked[] {
  const dimensions = query.length;
  return rank(similarity(toMatrix([query], dimensions), toMatrix(candidates, dimensions), 1), topK);
}

/** Vectors of one length as a matrix. */
export function toMatrix(vectors: readonly Float32Array[], dimensions: number): VectorMatrix {
  const values = new Float32Array(vectors.length * dimensions);
  vectors.forEach((vector, i) => values.set(vector, i * dimensions));
  return { values, dimensions };
}
