import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WeightSet } from '@triptych/core';
import { InferenceWorker, type OnnxGraph } from '@triptych/inference-core';
import { openModel, readModel } from '@triptych/model-families';
import { ImagePreprocessor } from '@triptych/preprocessing';
import type { TextTower } from '@triptych/text-encoder';
import type { ImageTower } from '@triptych/vision-encoder';
import { loadTensor } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correlation, lowestCosine, maxDifference, pickRows, relativeError } from './compare.js';
import { type Golden, imagesDirectory, readGolden } from './golden.js';
import { sampled } from './sampled.js';
import { syntheticTensor, syntheticWeights } from './synthetic-weights.js';

const demo = fileURLToPath(new URL('../../../models/demo/clip', import.meta.url));
/** What the README claims, of every hidden state and vector of float32 weights. */
const COSINE = 1 - 1e-9;
/** Of magnitude and angle: difference ÷ length. */
const RELATIVE = 2e-5;
const LOGITS = 2e-4;

/** A checkpoint's weights for one tower's graph, and its temperature. */
async function weightsOf(name: string, graph: OnnxGraph): Promise<WeightSet> {
  if (name !== 'demo') return syntheticWeights(graph.weights);
  const names = [...graph.weights.keys()].map((key) => key.replaceAll('.', '\\.'));
  return (await (await openModel(demo)).directory.load(new RegExp(`^(${names.join('|')})$`))).weights;
}

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

const worst: Record<string, Record<string, number>> = {};

describe.each(sampled(['demo', 'b32', 'b16', 'l14'], ['demo', 'b32']))('%s against CLIPModel', (name) => {
  let golden: Golden;
  let config: Record<string, unknown>;
  /** Projected vectors by item. */
  const vectors = new Map<string, Float32Array>();

  beforeAll(async () => {
    golden = await readGolden(fileURLToPath(new URL(`../golden/clip/${name}.safetensors`, import.meta.url)));
    config = JSON.parse(golden.metadata['config']) as Record<string, unknown>;
    worst[name] = {};
  });
  afterAll(() => console.log(`${name}: ${JSON.stringify(worst[name])}`));

  const images = () => JSON.parse(golden.metadata['images']) as string[];
  const texts = () => golden.items.filter((item) => item.startsWith('text-'));

  it('vision: every hidden state, the class token and its projection', async () => {
    const { graph, request, recipe, dimensions, blocks } = readModel({ config }).image as ImageTower;
    const worker = await start(name, graph({ inspect: true }));
    const preprocessor = await ImagePreprocessor.start({
      workers: 1,
      decodeTimeoutMs: 10_000,
      maxPixels: 1e7,
    });
    for (const image of images()) {
      const data = new Uint8Array(readFileSync(imagesDirectory + image));
      const { pixels } = await preprocessor.prepare({ kind: 'encoded', data }, recipe);
      const feeds = (pooling: 'none' | 'projected') =>
        request([{ pixels: pixels.slice(), pooling, form }]).feeds;
      compare(image, dimensions('none'), await outputsOf(worker, feeds('none'), blocks.length));
      // The last block computed for the class token alone gives it the same vector.
      const [alone] = await outputsOf(worker, feeds('projected'), 0, ['projected']).then((found) =>
        found.values(),
      );
      expect(relativeError(alone, golden.floats(image, 'projected'))).toBeLessThanOrEqual(RELATIVE);
    }
    await Promise.all([worker.close(), preprocessor.close()]);
  });

  it('text: every hidden state, the end-of-text token and its projection', async () => {
    const { graph, request, dimensions, blocks } = readModel({ config }).text as TextTower;
    const worker = await start(name, graph({ inspect: true }));
    for (const item of texts()) {
      const ids = golden.integers(item, 'ids');
      const { feeds } = request([{ ids, pooling: 'none', form }]);
      compare(item, dimensions('none'), await outputsOf(worker, feeds, blocks.length));
    }
    await worker.close();
  });

  it('similarity logits', async () => {
    const logScale =
      name === 'demo'
        ? (await loadTensor(`${demo}/weights.parquet`, 'logit_scale')).values
        : syntheticTensor('logit_scale', []);
    const scale = Math.exp(logScale[0]);
    const unit = (item: string) => {
      const vector = vectors.get(item) as Float32Array;
      const norm = Math.hypot(...vector);
      return vector.map((v) => v / norm);
    };
    const found = Float32Array.from(
      images().flatMap((image) => {
        const vector = unit(image);
        return texts().map((text) => scale * unit(text).reduce((sum, v, i) => sum + v * vector[i], 0));
      }),
    );
    const expected = golden.floats('all', 'logits_per_image');
    expect(record('logits', maxDifference(found, expected))).toBeLessThanOrEqual(LOGITS);
    expect(1 - record('logits 1 − correlation', 1 - correlation(found, expected))).toBeGreaterThanOrEqual(
      COSINE,
    );
  });

  function compare(item: string, width: number, found: ReadonlyMap<string, Float32Array>): void {
    const kind = item.startsWith('text-') ? 'text' : 'image';
    const rows = golden.integers(item, 'rows');
    for (const [output, values] of found) {
      if (output === 'pooled' || output === 'projected' || !golden.has(item, output)) continue;
      hold(`${kind} states`, pickRows(values, rows, width), golden.floats(item, output), width, item);
    }
    for (const output of ['pooled', 'projected']) {
      const values = found.get(output) as Float32Array;
      hold(`${kind} ${output}`, values, golden.floats(item, output), values.length, item);
      vectors.set(item, values);
    }
  }

  /** Holds vectors to the reference's, in angle and in magnitude. */
  function hold(what: string, found: Float32Array, expected: Float32Array, width: number, item: string) {
    const cosine = lowestCosine(found, expected, width);
    expect(1 - record(`${what}, 1 − cosine`, 1 - cosine), item).toBeGreaterThanOrEqual(COSINE);
    const error = relativeError(found, expected, width);
    expect(record(`${what}, relative error`, error), item).toBeLessThanOrEqual(RELATIVE);
  }

  function record(what: string, value: number): number {
    worst[name][what] = Math.max(worst[name][what] ?? 0, value);
    return value;
  }
});

function start(name: string, graph: OnnxGraph): Promise<InferenceWorker> {
  return InferenceWorker.start({
    name,
    threads: 2,
    graph: () => graph,
    weights: () => weightsOf(name, graph),
  });
}

type Feeds = Parameters<InferenceWorker['run']>[0]['feeds'];

/** Outputs of one item by name: the residual stream after so many layers, or what is asked for. */
async function outputsOf(
  worker: InferenceWorker,
  feeds: Feeds,
  layers: number,
  names = [...Array.from({ length: layers + 1 }, (_, i) => `state_${i}`), 'tokens', 'pooled', 'projected'],
): Promise<Map<string, Float32Array>> {
  const { embeddings } = await worker.run({
    feeds,
    rows: names.map((output) => ({ output, item: 0, form })),
  });
  return new Map(embeddings.map(({ bytes }, i) => [names[i], new Float32Array(bytes.buffer)]));
}
