import { elementCount, type WeightSet, type WeightTensor } from '@triptych/core';

/**
 * Weights from a formula, with a trained model's statistics: heavy tails, layer-norm gains with outliers. Only exact
 * operations are used, so that `make_golden.py` computes the very same numbers and no checkpoint needs to be shipped.
 */

/** A well-mixed 32-bit hash (Wellons' lowbias32). */
function hash32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

const scales = { q_proj: 1.2, k_proj: 1.2, v_proj: 0.6, out_proj: 0.5, fc1: 0.7, fc2: 0.4 };

/** One tensor's values, row-major. */
export function syntheticTensor(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  if (name === 'encoder.embed_positions.weight') return sinusoids(shape[0], shape[1]);
  const count = elementCount(shape);
  const seed = fnv1a(name);
  const uniform = (i: number, draw: number) =>
    hash32(hash32((Math.imul(i, 8) + draw) >>> 0) ^ seed) / 2 ** 32;
  const bell = (i: number) =>
    (uniform(i, 0) + uniform(i, 1) + uniform(i, 2) + uniform(i, 3) - 2) * Math.sqrt(3);
  const values = new Float32Array(count);
  if (name.includes('layer_norm') && name.endsWith('weight')) {
    for (let i = 0; i < count; i++)
      values[i] = (0.5 + 2 * uniform(i, 0) * uniform(i, 0)) * (i % 97 === 5 ? 6 : 1);
  } else if (shape.length === 1) {
    for (let i = 0; i < count; i++) values[i] = 0.3 * bell(i);
  } else {
    const scale = Object.entries(scales).find(([key]) => name.includes(key))?.[1] ?? 1;
    const spread = scale / Math.sqrt(count / shape[0]);
    for (let i = 0; i < count; i++) values[i] = (bell(i) / Math.sqrt(0.25 + 1.5 * uniform(i, 4))) * spread;
  }
  return values;
}

/** Whisper's position table: sines in the first half of each row, cosines in the second. */
function sinusoids(length: number, channels: number): Float32Array<ArrayBuffer> {
  const half = channels / 2;
  const step = Math.log(10000) / (half - 1);
  const table = new Float32Array(length * channels);
  for (let t = 0; t < length; t++) {
    for (let c = 0; c < half; c++) {
      const angle = Math.fround(t * Math.fround(Math.exp(-step * c)));
      table[t * channels + c] = Math.sin(angle);
      table[t * channels + half + c] = Math.cos(angle);
    }
  }
  return table;
}

/** Every weight that a graph takes, by name and shape. */
export function syntheticWeights(required: ReadonlyMap<string, readonly number[]>): WeightSet {
  const tensors = new Map<string, WeightTensor>();
  const parts: ArrayBuffer[] = [];
  for (const [name, shape] of required) {
    const { buffer, byteLength } = syntheticTensor(name, shape);
    tensors.set(name, { shape, storedAs: 'float32', part: parts.length, byteOffset: 0, byteLength });
    parts.push(buffer);
  }
  return { tensors, parts };
}
