import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClipEngine, toMatrix, type VectorMatrix } from '@triptych/clip-engine';
import { soleCaller } from '@triptych/core';
import type { EncoderParts } from '@triptych/inference-core';
import { type FamilyModel, readModel, type Scores } from '@triptych/model-families';
import { ImagePreprocessor } from '@triptych/preprocessing';
import type { TextTower } from '@triptych/text-encoder';
import type { ImageTower } from '@triptych/vision-encoder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxDifference } from './compare.js';
import { type Golden, imagesDirectory, readGolden } from './golden.js';
import { Parity } from './parity.js';
import { startSynthetic, vectorOf } from './synthetic-encoder.js';
import { syntheticWeights } from './synthetic-weights.js';

const golden = fileURLToPath(new URL('../golden/siglip/', import.meta.url));
// Another folder of golden files, made with --full, has the official sizes.
const folder = process.env['SIGLIP_GOLDEN_DIR'] ?? golden;
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.safetensors'))
  .map((file) => file.slice(0, -'.safetensors'.length));

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
const unit = { ...form, normalize: true } as const;

let images: ImagePreprocessor;
beforeAll(async () => {
  images = await ImagePreprocessor.start({ workers: 1, decodeTimeoutMs: 10_000, maxPixels: 1e8 });
});
afterAll(() => images.close());

const imagesOf = ({ metadata }: Golden) => JSON.parse(metadata['images']) as string[];
const textsOf = ({ items }: Golden) => items.filter((item) => item.startsWith('text-'));

/** Vectors of length 1, as they are served. */
async function unitVectors<Item>(
  parts: EncoderParts<Item>,
  items: readonly Item[],
): Promise<readonly Float32Array[]> {
  const encoder = await startSynthetic('siglip', parts);
  const vectors = await Promise.all(items.map((item) => vectorOf(encoder, item)));
  await encoder.close();
  return vectors;
}

async function pixelsOf(name: string, tower: ImageTower): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(readFileSync(imagesDirectory + name));
  return (await images.prepare({ kind: 'encoded', data }, tower.recipe)).pixels;
}

describe.each(names)('%s against SiglipModel', (name) => {
  let reference: Golden;
  let model: FamilyModel;
  beforeAll(async () => {
    reference = await readGolden(join(folder, `${name}.safetensors`));
    model = readModel({ config: JSON.parse(reference.metadata['config']) as Record<string, unknown> });
  });

  it('vision: every hidden state, the tokens and what the pooling head makes of them', async () => {
    const tower = model.image as ImageTower;
    const parity = await Parity.start(tower.graph({ inspect: true }), reference);
    for (const image of imagesOf(reference)) {
      const pixels = await pixelsOf(image, tower);
      const { feeds } = tower.request([{ pixels, pooling: 'none', form }]);
      await parity.compare(image, feeds, tower.blocks.length, ['tokens', 'pooled']);
    }
    await parity.close();
    console.log(`${name}, vision: ${JSON.stringify(parity.worst)}`);
  });

  it('text: every hidden state, the tokens and the last one through the head', async () => {
    const tower = model.text as TextTower;
    const parity = await Parity.start(tower.graph({ inspect: true }), reference);
    for (const item of textsOf(reference)) {
      const { feeds } = tower.request([{ ids: reference.integers(item, 'ids'), pooling: 'none', form }]);
      await parity.compare(item, feeds, tower.blocks.length, ['tokens', 'pooled']);
    }
    await parity.close();
    console.log(`${name}, text: ${JSON.stringify(parity.worst)}`);
  });

  it('logits and probabilities of each pair, by the learned scale and bias', async () => {
    const { image, text, scoring } = model as Required<Pick<FamilyModel, 'image' | 'text' | 'scoring'>>;
    const pooling = 'projected';
    const pictures = await Promise.all(
      imagesOf(reference).map(
        async (file) => ({ pixels: await pixelsOf(file, image), pooling, form: unit }) as const,
      ),
    );
    const texts = textsOf(reference).map(
      (item) => ({ ids: reference.integers(item, 'ids'), pooling, form: unit }) as const,
    );
    const queries = await unitVectors(image, pictures);
    const candidates = await unitVectors(text, texts);
    const scores = scoring.read(syntheticWeights(scoring.tensors)) as Scores;
    // The matrices of a comparison change threads.
    const pairs = () => ({ queries: matrixOf(queries), candidates: matrixOf(candidates), ...scores });
    const engine = await ClipEngine.start();
    const logits = await engine.compare(pairs(), { caller: soleCaller() });
    const ranked = await engine.rank({ ...pairs(), topK: 0 }, { caller: soleCaller() });
    await engine.close();
    const probabilities = Float32Array.from(
      ranked.flatMap((row) => row.toSorted((a, b) => a.index - b.index).map(({ score }) => score)),
    );
    const expected = reference.floats('all', 'probabilities');
    const differences = {
      logits: maxDifference(logits, reference.floats('all', 'logits')),
      // Relative: some lie below 1e-10, which any other would meet.
      probabilities: Math.max(...probabilities.map((found, i) => Math.abs(found / expected[i] - 1))),
    };
    expect(probabilities).toHaveLength(expected.length);
    console.log(`${name}, pairs: ${JSON.stringify(differences)}`);
    expect(differences.logits).toBeLessThanOrEqual(2e-4);
    expect(differences.probabilities).toBeLessThanOrEqual(2e-4);
  });
});

function matrixOf(vectors: readonly Float32Array[]): VectorMatrix {
  return toMatrix(vectors, vectors[0].length);
}

interface PixelReference {
  readonly recipes: Readonly<Record<string, { readonly size: number; readonly resample: number }>>;
  readonly images: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const pixels = JSON.parse(readFileSync(join(golden, 'pixels.json'), 'utf8')) as PixelReference;

/** Colour in AVIF is converted by another arithmetic in Pillow's build of libavif: docs/numerics.md. */
const exact = Object.keys(pixels.images).filter((name) => !name.endsWith('.avif') || name === 'grey.avif');

describe.each(Object.entries(pixels.recipes))(
  'pixels against SiglipImageProcessorPil, %s',
  (recipe, { size, resample }) => {
    const preprocessor = { size: { height: size, width: size }, resample };
    const config = { model_type: 'siglip', vision_config: { image_size: size } };

    it.each(exact)('%s is identical byte for byte', async (name) => {
      const found = await pixelsOf(name, readModel({ config, preprocessor }).image as ImageTower);
      expect(createHash('sha256').update(found).digest('hex')).toBe(pixels.images[name][recipe]);
    });
  },
);
