import { fileURLToPath } from 'node:url';
import {
  type Activation,
  attention,
  attentionPooling,
  biasActivation,
  gatedMlp,
  GraphBuilder,
  InferenceWorker,
  layerScale,
  paddingMask,
  relativePositionBias,
  relativePositionBucket,
  rmsNorm,
  rotaryAngles,
  rotaryGridAngles,
  rotated,
  rotation,
  transformer,
  type Value,
  windowBias,
} from '@triptych/inference-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { maxDifference } from './compare.js';
import { type Golden, readGolden } from './golden.js';
import { syntheticWeights } from './synthetic-weights.js';

const [width, heads, mlpWidth] = [32, 4, 64];
const MAX_DIFFERENCE = 2e-5;

let golden: Golden;
beforeAll(async () => {
  golden = await readGolden(fileURLToPath(new URL('../golden/blocks.safetensors', import.meta.url)));
});

type Inputs = Readonly<Record<string, readonly (number | string)[]>>;

/** Runs a graph of one block over inputs of the golden file; those named in `integers` are int64. */
async function run(
  item: string,
  inputs: Inputs,
  write: (g: GraphBuilder, inputs: Readonly<Record<string, Value>>) => Value,
  integers: Readonly<Record<string, readonly number[]>> = {},
): Promise<Float32Array> {
  const g = new GraphBuilder('block');
  const given = Object.fromEntries([
    ...Object.entries(inputs).map(([name, shape]) => [name, g.input(name, 'float32', shape)]),
    ...Object.entries(integers).map(([name, { length }]) => [name, g.input(name, 'int64', [length])]),
  ]) as Record<string, Value>;
  g.output('y', g.op('Reshape', [write(g, given), g.ints([1, -1])]), 'float32', [1, 'values']);
  const graph = g.build();
  const weights = () => Promise.resolve(syntheticWeights(graph.weights));
  const worker = await InferenceWorker.start({ name: 'block', threads: 1, graph: () => graph, weights });
  const { embeddings } = await worker.run({
    feeds: Object.fromEntries([
      ...Object.entries(inputs).map(([name, dims]) => [
        name,
        { type: 'float32', dims, data: golden.floats(item, name).slice().buffer },
      ]),
      ...Object.entries(integers).map(([name, values]) => [
        name,
        { type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt).buffer },
      ]),
    ]) as Parameters<InferenceWorker['run']>[0]['feeds'],
    rows: [{ output: 'y', item: 0, form: { normalize: false, dimensions: 0, numbers: 'float32' } }],
  });
  await worker.close();
  return new Float32Array(embeddings[0].bytes.buffer);
}

const layer = (name: string, biased = true) => ({ name: `attention.${name}`, biased });
const layers = { query: layer('query'), key: layer('key'), value: layer('value'), out: layer('out') };
const config = { width, heads };

describe('building blocks against PyTorch and transformers', () => {
  it.each<Activation>(['gelu', 'gelu_tanh', 'quick_gelu', 'silu'])(
    '%s, with a bias and without',
    async (name) => {
      const shapes = { x: [1, 6, mlpWidth], bias: [mlpWidth] };
      const found = await run('activation', shapes, (g, { x, bias }) => biasActivation(g, x, bias, name));
      expect(maxDifference(found, golden.floats('activation', name))).toBeLessThan(MAX_DIFFERENCE);
      const bare = await run('activation', { x: shapes.x }, (g, { x }) =>
        biasActivation(g, x, undefined, name),
      );
      expect(maxDifference(bare, golden.floats('activation', `${name}_unbiased`))).toBeLessThan(
        MAX_DIFFERENCE,
      );
    },
  );

  it('attention: of tokens to themselves, to others, and to those before them alone', async () => {
    const shapes = { x: [2, 7, width] };
    const check = (name: string, found: Float32Array) =>
      expect(maxDifference(found, golden.floats('attention', name)), name).toBeLessThan(MAX_DIFFERENCE);
    check('plain', await run('attention', shapes, (g, { x }) => attention(g, x, x, layers, config)));
    check(
      'cross',
      await run('attention', { ...shapes, source: [2, 9, width] }, (g, { x, source }) =>
        attention(g, x, source, layers, config),
      ),
    );
    check(
      'causal',
      await run('attention', shapes, (g, { x }) => attention(g, x, x, layers, { ...config, causal: true })),
    );
  });

  it('attention: with a term for each pair of tokens, and with padding that nothing attends to', async () => {
    const shapes = { x: [2, 7, width] };
    const biased = await run('attention', { ...shapes, bias: [1, heads, 7, 7] }, (g, { x, bias }) =>
      attention(g, x, x, layers, config, { bias }),
    );
    expect(maxDifference(biased, golden.floats('attention', 'biased'))).toBeLessThan(MAX_DIFFERENCE);
    const padded = await run(
      'attention',
      shapes,
      (g, { x, lengths }) =>
        attention(g, x, x, layers, config, { mask: paddingMask(g, lengths, g.ints([7])) }),
      { lengths: golden.integers('attention', 'lengths') },
    );
    expect(maxDifference(padded, golden.floats('attention', 'padded'))).toBeLessThan(MAX_DIFFERENCE);
  });

  it.each(['query', 'key', 'value', 'out'] as const)('attention: no bias of the %s', async (role) => {
    const found = await run('attention', { x: [2, 7, width] }, (g, { x }) =>
      attention(g, x, x, { ...layers, [role]: layer(role, false) }, config),
    );
    expect(maxDifference(found, golden.floats('attention', `without_${role}`))).toBeLessThan(MAX_DIFFERENCE);
  });

  it.each(['pre', 'post'] as const)('a block with %s-norm', async (norms) => {
    const blocks = {
      prefixes: ['block'],
      config: {
        ...config,
        mlpWidth,
        activation: 'gelu',
        layerNormEpsilon: 1e-6,
        norms,
        names: {
          query: 'attention.query',
          key: 'attention.key',
          value: 'attention.value',
          out: 'attention.out',
          attentionNorm: 'attentionNorm',
          mlpNorm: 'mlpNorm',
          mlpIn: 'mlpIn',
          mlpOut: 'mlpOut',
        },
      },
    } as const;
    const found = await run(
      'attention',
      { x: [2, 7, width] },
      (g, { x }) => transformer(g, x, blocks).output,
    );
    expect(maxDifference(found, golden.floats('attention', `${norms}_norm`))).toBeLessThan(MAX_DIFFERENCE);
  });

  it('relative positions: the bucket of every distance, and the bias of every pair', async () => {
    const buckets = { buckets: 32, maxDistance: 128 };
    const distances = golden.integers('relative', 'distances');
    expect(distances.map((distance) => relativePositionBucket(distance, buckets))).toEqual(
      golden.integers('relative', 'buckets'),
    );
    const relative = { ...buckets, table: 'relative.weight', heads, positions: 512 };
    const found = await run('relative', {}, (g, { tokens }) => relativePositionBias(g, tokens, relative), {
      tokens: [40],
    });
    expect(found).toEqual(golden.floats('relative', 'bias'));
  });

  it('RMS norm, LayerScale and a gated MLP', async () => {
    const shapes = { x: [2, 12, width] };
    const norm = { width, layerNormEpsilon: 1e-6 };
    const check = (name: string, found: Float32Array) =>
      expect(maxDifference(found, golden.floats('further', name)), name).toBeLessThan(MAX_DIFFERENCE);
    check('rms_norm', await run('further', shapes, (g, { x }) => rmsNorm(g, x, 'layer_norm', norm)));
    check('layer_scale', await run('further', shapes, (g, { x }) => layerScale(g, x, 'scale', width)));
    const gated = (name: string, biased = true) => ({ name: `gated.${name}`, biased });
    const parts = { gate: gated('gate', false), up: gated('up'), down: gated('down') };
    const mlp = { width, mlpWidth, activation: 'silu' } as const;
    check('gated', await run('further', shapes, (g, { x }) => gatedMlp(g, x, parts, mlp)));
  });

  const blocks = { width, heads, mlpWidth, layerNormEpsilon: 1e-6, norms: 'pre' } as const;

  it("a block with LayerScale, DINOv2's", async () => {
    const names = {
      query: 'attention.q_proj',
      key: 'attention.k_proj',
      value: 'attention.v_proj',
      out: 'attention.o_proj',
      attentionNorm: 'norm1',
      attentionScale: 'layer_scale1.lambda1',
      mlpIn: 'mlp.fc1',
      mlpOut: 'mlp.fc2',
      mlpNorm: 'norm2',
      mlpScale: 'layer_scale2.lambda1',
    };
    const config = { ...blocks, activation: 'gelu', names } as const;
    const found = await run('blocks', { x: [2, 12, width] }, (g, { x }) => {
      return transformer(g, x, { prefixes: ['dinov2'], config }).output;
    });
    expect(maxDifference(found, golden.floats('blocks', 'dinov2'))).toBeLessThan(MAX_DIFFERENCE);
  });

  it("a causal block with RMS norms, a gated MLP and rotary positions, Llama's", async () => {
    const names = {
      query: 'self_attn.q_proj',
      key: 'self_attn.k_proj',
      value: 'self_attn.v_proj',
      out: 'self_attn.o_proj',
      attentionNorm: 'input_layernorm',
      mlpGate: 'mlp.gate_proj',
      mlpIn: 'mlp.up_proj',
      mlpOut: 'mlp.down_proj',
      mlpNorm: 'post_attention_layernorm',
    };
    const unbiased = ['query', 'key', 'value', 'out', 'mlpGate', 'mlpIn', 'mlpOut'] as const;
    const config = { ...blocks, activation: 'silu', norm: 'rms', causal: true, unbiased, names } as const;
    const found = await run('blocks', { x: [2, 12, width] }, (g, { x }) => {
      const turns = rotation(g, rotaryAngles(12, width / heads, 10_000));
      return transformer(g, x, { prefixes: ['llama'], config }, { rotation: turns }).output;
    });
    expect(maxDifference(found, golden.floats('blocks', 'llama'))).toBeLessThan(MAX_DIFFERENCE);
  });

  it('attention within a window', async () => {
    const found = await run('further', { x: [2, 12, width] }, (g, { x }) =>
      attention(g, x, x, layers, config, { bias: windowBias(g, g.ints([12]), 2) }),
    );
    expect(maxDifference(found, golden.floats('further', 'window'))).toBeLessThan(MAX_DIFFERENCE);
  });

  it('rotary positions, of one and of two dimensions', async () => {
    const headWidth = width / heads;
    const turn = (angles: readonly (readonly number[])[], batch: number) =>
      run('further', { x: [2, 12, width] }, (g, { x }) => {
        const turned = rotated(g, x, heads, rotation(g, angles));
        return g.op('Slice', [turned, g.ints([0]), g.ints([batch]), g.ints([0])]);
      });
    const line = await turn(rotaryAngles(12, headWidth, 10_000), 2);
    expect(maxDifference(line, golden.floats('further', 'rotary'))).toBeLessThan(MAX_DIFFERENCE);
    const grid = await turn(rotaryGridAngles(3, 4, headWidth, 10_000), 1);
    expect(maxDifference(grid, golden.floats('further', 'rotary_grid'))).toBeLessThan(MAX_DIFFERENCE);
  });

  it('attention pooling', async () => {
    const head = {
      ...config,
      mlpWidth,
      activation: 'gelu_tanh',
      layerNormEpsilon: 1e-6,
      names: {
        probe: 'probe',
        attention: 'attention',
        norm: 'layernorm',
        mlpIn: 'mlp.fc1',
        mlpOut: 'mlp.fc2',
      },
    } as const;
    const found = await run('pooling', { x: [3, 10, width] }, (g, { x }) =>
      attentionPooling(g, x, 'head', head),
    );
    expect(maxDifference(found, golden.floats('pooling', 'pooled'))).toBeLessThan(MAX_DIFFERENCE);
  });
});
