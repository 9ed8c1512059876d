import { elementCount, type WeightSet, type WeightTensor } from '@triptych/core';
import type { DecoderNetwork } from '../config.js';
import { decoderGraph, sourceGraph } from '../graph.js';
import type { Generation } from '../protocol.js';

export const WIDTH = 32;
const SOURCE = 24;
export const VOCABULARY = 60;
export const END = 1;
/** Many more steps than a turn has. */
export const POSITIONS = 1000;

const attention = (module: string) => ({
  query: `${module}.q`,
  key: `${module}.k`,
  value: `${module}.v`,
  out: `${module}.o`,
  norm: `${module}.norm`,
});

/** Two layers of four heads, with weights that mean nothing. */
export const network: DecoderNetwork = {
  prefixes: ['layers.0', 'layers.1'],
  config: {
    width: WIDTH,
    heads: 4,
    mlpWidth: 64,
    activation: 'gelu',
    layerNormEpsilon: 1e-5,
    norms: 'pre',
    unbiased: ['key'],
    names: {
      self: attention('self'),
      cross: attention('cross'),
      mlpIn: 'fc1',
      mlpOut: 'fc2',
      mlpNorm: 'norm',
    },
    sourceWidth: SOURCE,
    vocabulary: VOCABULARY,
    positions: POSITIONS,
  },
  embed: (g, ids, positions) =>
    g.op('Add', [
      g.op('Gather', [g.weight('embed.tokens', [VOCABULARY, WIDTH]), ids]),
      g.op('Gather', [g.weight('embed.positions', [POSITIONS, WIDTH]), positions]),
    ]),
  head: (g, x) => {
    const table = g.weight('head.tokens', [VOCABULARY, WIDTH]);
    return g.op('FusedMatMul', [x, table], { domain: 'com.microsoft', attributes: { transB: 1 } });
  },
};

/** A number from −1 to 1, the same for the same place of the same seed. */
export const noise = (seed: number, i: number) => {
  const x = Math.sin(seed * 127.1 + i * 311.7) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
};

export function weights(): Promise<WeightSet> {
  const tensors = new Map<string, WeightTensor>();
  const parts: ArrayBuffer[] = [];
  const shapes = new Map([...decoderGraph(network).weights, ...sourceGraph(network).weights]);
  let seed = 1;
  for (const [name, shape] of shapes) {
    const scale = name.startsWith('head') ? 0.25 : 0.6;
    const values = Float32Array.from({ length: elementCount(shape) }, (_, i) => scale * noise(seed, i));
    seed++;
    const byteLength = values.byteLength;
    const stored = { storedAs: 'float32', type: 'float32', part: parts.length, byteOffset: 0 } as const;
    tensors.set(name, { ...stored, shape, byteLength });
    parts.push(values.buffer);
  }
  return Promise.resolve({ tensors, parts });
}

export const states = (seed: number, tokens = 20) =>
  Float32Array.from({ length: tokens * SOURCE }, (_, i) => noise(seed, i));

export const generation = (over: Partial<Generation> = {}): Generation => ({
  prompt: [2, 3],
  rules: { suppressed: [0], suppressedFirst: [END] },
  end: END,
  maxTokens: 40,
  search: { kind: 'greedy' },
  probes: [],
  ...over,
});

export const limits = { maxSequences: 12, maxCacheBytes: 1e7, maxWaiting: 20 };
