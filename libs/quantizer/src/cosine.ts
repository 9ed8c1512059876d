/** Cosine of the angle between `width` values of each from `start`; of two vectors of nothing, 1. */
export function cosine(a: Float32Array, b: Float32Array, start = 0, width = a.length): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = start; i < start + width; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa === 0 && bb === 0 ? 1 : dot / Math.sqrt(aa * bb);
}
