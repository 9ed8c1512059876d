import type { WeightSet } from '@triptych/core';
import {
  attentionForms,
  cpu,
  GraphBuilder,
  InferenceWorker,
  type Kernels,
  kernelsOf,
  linear,
  onCpu,
  type OnnxGraph,
  type RunRequest,
  type Tower,
  type TowerItem,
} from '@triptych/inference-core';
import { readModel } from '@triptych/model-families';
import { describe, expect, it } from 'vitest';
import { clipJson, smallClip, whisperJson } from './synthetic-checkpoint.js';
import { syntheticWeights } from './synthetic-weights.js';

/** What graphs are made of elsewhere, computed here: the CPU has all of those operators, too. */
const elsewhere: readonly (readonly [string, Kernels])[] = [
  ['WebGPU, nothing fused', kernelsOf({ kind: 'webgpu', index: 0 }, [], 'float32')],
  [
    'WebGPU, attention fused where nothing is hidden',
    kernelsOf({ kind: 'webgpu', index: 0 }, ['bare'], 'float32'),
  ],
  ['CUDA', kernelsOf({ kind: 'cuda', index: 0 }, attentionForms, 'float32')],
];
const halves = kernelsOf({ kind: 'webgpu', index: 0 }, [], 'float16');

const sizes = { hidden_size: 64, intermediate_size: 128, num_hidden_layers: 2, num_attention_heads: 4 };
const text = {
  ...sizes,
  vocab_size: 500,
  max_position_embeddings: 48,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-6,
};
const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
const noise = (count: number) =>
  Float32Array.from({ length: count }, (_, i) => ((i * 2654435761) % 1000) / 1000 - 0.5);
const pixels = (size: number) =>
  Uint8Array.from({ length: 3 * size * size }, (_, i) => (i * 2654435761) >>> 24);
const ids = Array.from({ length: 19 }, (_, i) => 3 + ((i * 37) % 400));

const clip = readModel({ config: clipJson(smallClip) });
const siglip = readModel({
  config: {
    architectures: ['SiglipModel'],
    model_type: 'siglip',
    text_config: { ...text, max_position_embeddings: 19, projection_size: 64 },
    vision_config: {
      ...sizes,
      image_size: 48,
      patch_size: 16,
      hidden_act: 'gelu_pytorch_tanh',
      layer_norm_eps: 1e-6,
    },
  },
});
const mpnet = readModel({
  config: {
    ...text,
    architectures: ['MPNetModel'],
    model_type: 'mpnet',
    relative_attention_num_buckets: 32,
    pad_token_id: 1,
  },
});
const whisper = readModel({
  config: whisperJson({ d_model: 64, encoder_layers: 2, encoder_attention_heads: 4, num_mel_bins: 80 }),
});

/** Each family's towers, with an item: causal attention is CLIP's, a bias MPNet's. */
const towers: readonly (readonly [string, Tower<TowerItem>, object])[] = [
  ['CLIP, images', clip.image, { pixels: pixels(224) }],
  ['CLIP, texts', clip.text, { ids: [...ids, 49_407] }],
  ['SigLIP, images', siglip.image, { pixels: pixels(48) }],
  ['SigLIP, texts', siglip.text, { ids }],
  ['MPNet', mpnet.text, { ids }],
  ['Whisper', whisper.audio, { samples: noise(16_000), context: 'trimmed' }],
].map(([name, tower, item]) => [name, tower, item] as unknown as [string, Tower<TowerItem>, object]);

async function vectors(
  graph: OnnxGraph,
  weights: WeightSet,
  request: RunRequest,
  kernels: Kernels,
): Promise<Float32Array> {
  const worker = await InferenceWorker.start({
    name: 'kernels',
    threads: 1,
    placement: { ...onCpu, device: cpu, kernels },
    graph: () => graph,
    weights: () => Promise.resolve(weights),
  });
  const { embeddings } = await worker.run(request);
  await worker.close();
  const { buffer, byteOffset, byteLength } = embeddings[0].bytes;
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

function encode(tower: Tower<TowerItem>, item: object, kernels: Kernels): Promise<Float32Array> {
  const graph = tower.graph({ kernels });
  const request = tower.request([{ ...item, pooling: tower.poolings[0], form }]);
  return vectors(graph, syntheticWeights(graph.weights), structuredClone(request), kernels);
}

function compare(found: Float32Array, expected: Float32Array) {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const off = found.map((value, i) => value - expected[i]);
  const length = Math.sqrt(dot(expected, expected));
  return {
    relative: Math.sqrt(dot(off, off)) / length,
    cosine: dot(found, expected) / length / Math.sqrt(dot(found, found)),
  };
}

describe.each(towers)('%s, in the operators of other devices', (_, tower, item) => {
  it.each(elsewhere)('%s: the same vector', async (_, kernels) => {
    const expected = await encode(tower, item, onCpu.kernels);
    expect(expected.some((value) => value !== 0)).toBe(true);
    expect(compare(await encode(tower, item, kernels), expected).relative).toBeLessThan(2e-5);
  });

  it('in halves: a cosine of 0.9995', async () => {
    const expected = await encode(tower, item, onCpu.kernels);
    const { cosine, relative } = compare(await encode(tower, item, halves), expected);
    expect(cosine).toBeGreaterThan(0.9995);
    // Were it the same, nothing would have been rounded.
    expect(relative).toBeGreaterThan(1e-6);
  });
});

describe('weights that are stored in int8', () => {
  it('are widened where a device has no kernels for them', async () => {
    const [kernels] = elsewhere.map(([, kernels]) => kernels);
    const quantization = new Map([['w', { scale: 0.01, zeroPoint: 128, factors: 'f' }]]);
    const g = new GraphBuilder('int8', { kernels });
    const x = g.input('x', 'float32', ['batch', 4]);
    g.output('y', linear(g, x, { weight: 'w', shape: [2, 4], quantization }), 'float32', ['batch', 2]);
    const values = Int8Array.of(127, -64, 3, 0, -1, 2, -3, 4);
    const weights: WeightSet = {
      tensors: new Map([
        [
          'w',
          {
            shape: [2, 4],
            storedAs: 'int8',
            type: 'int8',
            part: 0,
            byteOffset: 0,
            byteLength: 8,
            scales: Float32Array.of(0.5, 2),
          },
        ],
        ['f', { shape: [4], storedAs: 'float32', type: 'float32', part: 1, byteOffset: 0, byteLength: 16 }],
      ]),
      parts: [values.buffer, Float32Array.of(1, 2, 1, 3).buffer],
    };
    const request: RunRequest = {
      feeds: { x: { type: 'float32', dims: [1, 4], data: Float32Array.of(1, -1, 0.5, 2).buffer } },
      rows: [{ output: 'y', form }],
    };
    const [first, second] = await vectors(g.build(), weights, request, kernels);
    expect(first).toBeCloseTo(0.5 * (127 + 128 + 1.5), 4);
    expect(second).toBeCloseTo(2 * (-1 - 4 - 1.5 + 24), 4);
  });
});
