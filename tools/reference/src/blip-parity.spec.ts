import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Decoder, decoderGraph, InferenceWorker, sourceGraph } from '@triptych/inference-core';
import { type FamilyModel, readModel } from '@triptych/model-families';
import { ImagePreprocessor } from '@triptych/preprocessing';
import type { MatchTower, TextTower } from '@triptych/text-encoder';
import type { ImageTower } from '@triptych/vision-encoder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lowestCosine } from './compare.js';
import { type Golden, imagesDirectory, readGolden } from './golden.js';
import { Parity } from './parity.js';
import { syntheticWeights } from './synthetic-weights.js';

const golden = fileURLToPath(new URL('../golden/blip/', import.meta.url));
// Another folder of golden files, made with --full, has the official size.
const folder = process.env['BLIP_GOLDEN_DIR'] ?? golden;
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.safetensors'))
  .map((file) => file.slice(0, -'.safetensors'.length));
const retrieving = names.filter((name) => !name.endsWith('.captions'));
const captioning = names.filter((name) => name.endsWith('.captions'));

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

let images: ImagePreprocessor;
beforeAll(async () => {
  images = await ImagePreprocessor.start({ workers: 1, decodeTimeoutMs: 10_000, maxPixels: 1e8 });
});
afterAll(() => images.close());

async function pixelsOf(name: string, tower: ImageTower): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(readFileSync(imagesDirectory + name));
  return (await images.prepare({ kind: 'encoded', data }, tower.recipe)).pixels;
}

describe.each(retrieving)('%s against BlipForImageTextRetrieval', (name) => {
  let reference: Golden;
  let model: Required<Pick<FamilyModel, 'image' | 'text' | 'match'>>;
  let imageNames: string[];
  beforeAll(async () => {
    reference = await readGolden(join(folder, `${name}.safetensors`));
    const config = JSON.parse(reference.metadata['config']) as Record<string, unknown>;
    const { image, text, match } = readModel({ config });
    model = { image: image as ImageTower, text: text as TextTower, match: match as MatchTower };
    imageNames = JSON.parse(reference.metadata['images']) as string[];
  });

  it('vision: every hidden state, the tokens, the class token and its projection', async () => {
    const tower = model.image;
    const parity = await Parity.start(tower.graph({ inspect: true }), reference);
    for (const image of imageNames) {
      const { feeds } = tower.request([{ pixels: await pixelsOf(image, tower), pooling: 'none', form }]);
      await parity.compare(image, feeds, tower.blocks.length, ['tokens', 'pooled', 'projected']);
    }
    await parity.close();
    console.log(`${name}, vision: ${JSON.stringify(parity.worst)}`);
  });

  it('text: every hidden state, the tokens, the class token and its projection', async () => {
    const tower = model.text;
    const parity = await Parity.start(tower.graph({ inspect: true }), reference);
    for (const item of reference.items.filter((item) => item.startsWith('text-'))) {
      const { feeds } = tower.request([{ ids: reference.integers(item, 'ids'), pooling: 'none', form }]);
      await parity.compare(item, feeds, tower.blocks.length, ['tokens', 'class', 'projected']);
    }
    await parity.close();
    console.log(`${name}, text: ${JSON.stringify(parity.worst)}`);
  });

  it('both together: every hidden state, the vector of both, and the probability that they match', async () => {
    const { image: vision, match } = model;
    // The head is the golden file's own: one of the formula says the same of every pair.
    const head = Object.fromEntries(
      ['weight', 'bias'].map((part) => [`itm_head.${part}`, reference.floats('head', part)]),
    );
    const weights = (graph: ReturnType<ImageTower['graph']>) => () =>
      Promise.resolve(syntheticWeights(graph.weights, head));
    const [seeing, matching] = [vision.graph(), match.graph()];
    const eyes = await InferenceWorker.start({
      name,
      threads: 2,
      graph: () => seeing,
      weights: weights(seeing),
    });
    const matcher = await InferenceWorker.start({
      name,
      threads: 2,
      graph: () => matching,
      weights: weights(matching),
    });
    const parity = await Parity.start(match.graph({ inspect: true }), reference);
    const worst = { probability: 0, cosine: 1 };
    for (const [j, file] of imageNames.entries()) {
      const item = { pixels: await pixelsOf(file, vision), pooling: 'none', form } as const;
      const [tokens] = (await eyes.run(vision.request([item]))).embeddings;
      const image = new Float32Array(tokens.bytes.slice().buffer);
      for (let i = 0; reference.has(`text-${i}`, 'ids'); i++) {
        const pair = { ids: reference.integers(`text-${i}`, 'ids'), image, form };
        const { embeddings } = await matcher.run(match.request([pair, pair, pair]));
        const found = embeddings.map(({ bytes }) => new Float32Array(bytes.slice().buffer));
        // What it is batched with leaves no trace.
        const alone = (await matcher.run(match.request([pair]))).embeddings[0];
        for (const one of found)
          expect(lowestCosine(one, new Float32Array(alone.bytes.slice().buffer), one.length)).toBeGreaterThan(
            1 - 1e-9,
          );
        const expected = reference.floats(`pair-${i}-${j}`, 'match');
        const cosine = lowestCosine(found[0].slice(1), expected.slice(1), match.dimensions);
        worst.probability = Math.max(worst.probability, Math.abs(found[0][0] - expected[0]));
        worst.cosine = Math.min(worst.cosine, cosine);
        expect(Math.abs(found[0][0] - expected[0])).toBeLessThan(1e-4);
        expect(cosine).toBeGreaterThanOrEqual(0.999999);
        if (reference.has(`pair-${i}-${j}`, 'rows'))
          await parity.compare(`pair-${i}-${j}`, match.request([pair]).feeds, model.text.blocks.length, [
            'tokens',
          ]);
      }
    }
    await Promise.all([parity, eyes, matcher].map((worker) => worker.close()));
    console.log(`${name}, both: ${JSON.stringify({ ...worst, ...parity.worst })}`);
  });
});

describe.each(captioning)('%s of BlipForConditionalGeneration', (name) => {
  it('are the same tokens, greedily and of three beams, with and without a prompt', async () => {
    const reference = await readGolden(join(folder, `${name}.safetensors`));
    const config = JSON.parse(reference.metadata['config']) as Record<string, unknown>;
    const { image: vision, caption } = readModel({ config });
    if (!vision || !caption) throw new Error('no towers');
    const seeing = vision.graph();
    const eyes = await InferenceWorker.start({
      name,
      threads: 2,
      graph: () => seeing,
      weights: () => Promise.resolve(syntheticWeights(seeing.weights)),
    });
    const { network } = caption;
    const step = decoderGraph(network);
    const shapes = new Map([...step.weights, ...sourceGraph(network).weights]);
    const limits = { maxSequences: 12, maxCacheBytes: 1e9, maxWaiting: 20 };
    const weights = () => Promise.resolve(syntheticWeights(shapes));
    const decoder = await Decoder.start(network, { name, threads: 2, weights, limits });
    let count = 0;
    for (const file of JSON.parse(reference.metadata['images']) as string[]) {
      const item = { pixels: await pixelsOf(file, vision), pooling: 'none', form } as const;
      const [tokens] = (await eyes.run(vision.request([item]))).embeddings;
      for (let i = 0; reference.has(file, `greedy-${i}`); i++) {
        const ids = i === 0 ? undefined : reference.integers(`prompt-${i}`, 'ids');
        const prompt = caption.prompt(ids);
        for (const search of ['greedy', 'beam'] as const) {
          const source = await decoder.open(new Float32Array(tokens.bytes.slice().buffer), {
            beams: search === 'beam' ? 3 : 1,
          });
          const found = await source.generate({
            prompt,
            rules: { suppressed: [], suppressedFirst: [] },
            end: caption.end,
            maxTokens: 30,
            search:
              search === 'greedy'
                ? { kind: 'greedy' }
                : { kind: 'beam', lengthPenalty: 1, earlyStopping: false },
            probes: [],
          });
          source.close();
          const expected = reference.integers(file, `${search}-${i}`);
          // The reference fills up with padding what has ended.
          const ended = expected.indexOf(caption.end, prompt.length);
          expect([...prompt, ...found.tokens], `${file}, ${search}-${i}`).toEqual(
            ended < 0 ? expected : expected.slice(0, ended + 1),
          );
          count++;
        }
      }
    }
    await Promise.all([eyes.close(), decoder.close()]);
    console.log(`${name}: ${count} captions are the reference's`);
  });
});

interface PixelReference {
  readonly recipes: Readonly<Record<string, { readonly size: number; readonly resample: number }>>;
  readonly images: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const pixels = JSON.parse(readFileSync(join(golden, 'pixels.json'), 'utf8')) as PixelReference;

/** Colour in AVIF is converted by another arithmetic in Pillow's build of libavif: docs/numerics.md. */
const exact = Object.keys(pixels.images).filter((name) => !name.endsWith('.avif') || name === 'grey.avif');

describe.each(Object.entries(pixels.recipes))(
  'pixels against BlipImageProcessorPil, %s',
  (recipe, { size, resample }) => {
    const preprocessor = { size: { height: size, width: size }, resample };
    const architectures = ['BlipForConditionalGeneration'];
    const config = { architectures, vision_config: { image_size: size } };

    it.each(exact)('%s is identical byte for byte', async (name) => {
      const found = await pixelsOf(name, readModel({ config, preprocessor }).image as ImageTower);
      expect(createHash('sha256').update(found).digest('hex')).toBe(pixels.images[name][recipe]);
    });
  },
);
