import { elementCount, type WeightSet, type WeightTensor } from '@triptych/core';

/**
 * Weights from a formula, with a trained model's statistics: heavy tails, layer-norm gains with outliers. Only exact
 * operations are used, so that `synthetic.py` computes the very same numbers and no checkpoint needs to be shipped.
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

const scales = {
  q_proj: 1.2,
  k_proj: 1.2,
  v_proj: 0.6,
  out_proj: 0.5,
  fc1: 0.7,
  fc2: 0.4,
  '.query.': 0.6,
  '.key.': 0.6,
  '.value.': 0.6,
  '.attn.q.': 0.6,
  '.attn.k.': 0.6,
  '.attn.v.': 0.6,
  '.attn.o.': 0.5,
  'intermediate.dense': 0.7,
  'output.dense': 0.5,
  in_proj: 0.8,
};

/** Tensors of more elements than this repeat a pool of so many (a prime: no row of them is another one's copy). */
const POOL = 1_048_583;
const pools = new Map<Tails, Float64Array>();

type Uniform = (i: number, draw: number) => number;

function uniforms(name: string): Uniform {
  const seed = fnv1a(name);
  return (i, draw) => hash32(hash32((Math.imul(i, 8) + draw) >>> 0) ^ seed) / 2 ** 32;
}

function bell(u: Uniform, i: number): number {
  return (u(i, 0) + u(i, 1) + u(i, 2) + u(i, 3) - 2) * Math.sqrt(3);
}

function heavyTail(u: Uniform, i: number): number {
  return bell(u, i) / Math.sqrt(0.25 + 1.5 * u(i, 4));
}

/** Student's t of three degrees of freedom, of variance 1: some weights are tens of times as large as most. */
function studentT(u: Uniform, i: number): number {
  const normal = (draw: number) =>
    Math.sqrt(-2 * Math.log(1 - u(i, draw))) * Math.cos(2 * Math.PI * u(i, draw + 1));
  const chiSquared = [2, 4, 6].reduce((sum, draw) => sum + normal(draw) ** 2, 0);
  return normal(0) / Math.sqrt(chiSquared);
}

const tails = { heavy: heavyTail, student: studentT };

/** How the values of matrices are spread; `synthetic.py` has `heavy` alone. */
export type Tails = keyof typeof tails;

/** One tensor's values, row-major. */
export function syntheticTensor(
  name: string,
  shape: readonly number[],
  spreadAs: Tails = 'heavy',
): Float32Array<ArrayBuffer> {
  const draw = tails[spreadAs];
  if (name === 'encoder.embed_positions.weight') return sinusoids(shape[0], shape[1]);
  if (name === 'logit_scale') return Float32Array.of(Math.log(100));
  if (name === 'logit_bias') return Float32Array.of(-12);
  const count = elementCount(shape);
  const u = uniforms(name);
  const values = new Float32Array(count);
  if (/layer_?norm|layrnorm/i.test(name) && name.endsWith('weight')) {
    for (let i = 0; i < count; i++) values[i] = (0.5 + 2 * u(i, 0) * u(i, 0)) * (i % 97 === 5 ? 6 : 1);
  } else if (shape.length === 1) {
    for (let i = 0; i < count; i++) values[i] = 0.3 * bell(u, i);
  } else {
    const scale = Object.entries(scales).find(([key]) => name.includes(key))?.[1] ?? 1;
    const spread = scale / Math.sqrt(count / shape[0]);
    if (count <= POOL) for (let i = 0; i < count; i++) values[i] = draw(u, i) * spread;
    else fillFromPool(values, fnv1a(name) % POOL, spread, spreadAs);
  }
  return values;
}

function fillFromPool(values: Float32Array, offset: number, spread: number, spreadAs: Tails): void {
  const u = uniforms('pool');
  const pool = pools.get(spreadAs) ?? Float64Array.from({ length: POOL }, (_, i) => tails[spreadAs](u, i));
  pools.set(spreadAs, pool);
  for (let i = 0, at = offset; i < values.length; i++) {
    values[i] = pool[at] * spread;
    at = at + 1 === POOL ? 0 : at + 1;
  }
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

/** Every weight that a graph takes, by name and shape; those of `given` as they are. */
export function syntheticWeights(
  required: ReadonlyMap<string, readonly number[]>,
  given: Readonly<Record<string, Float32Array<ArrayBuffer>>> = {},
): WeightSet<ArrayBuffer> {
  const tensors = new Map<string, WeightTensor>();
  const parts: ArrayBuffer[] = [];
  for (const [name, shape] of required) {
    const { buffer, byteLength } = given[name] ?? syntheticTensor(name, shape);
    tensors.set(name, {
      shape,
      storedAs: 'float32',
      type: 'float32',
      part: parts.length,
      byteOffset: 0,
      byteLength,
    });
    parts.push(buffer);
  }
  return { tensors, parts };
}
