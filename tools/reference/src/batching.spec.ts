import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeEmbedding } from '@triptych/core';
import { createEngine, type Engine } from '@triptych/engine';
import type { EncoderParts } from '@triptych/inference-core';
import { convertCheckpoint, type FamilyModel, readModel } from '@triptych/model-families';
import type { TextItem } from '@triptych/text-encoder';
import type { ImageItem } from '@triptych/vision-encoder';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxDifference } from './compare.js';
import { goldenTokenizer } from './golden-tokenizer.js';
import { readGolden } from './golden.js';
import { writeSyntheticCheckpoint } from './synthetic-checkpoint.js';
import { startSynthetic, vectorOf } from './synthetic-encoder.js';

const form = { normalize: true, dimensions: 0, numbers: 'float32' } as const;
/** Between an item alone and among others. */
const TOLERANCE = 1e-5;
const FLOOD = 60;
const RUNS = { numRuns: 10 };

const goldenFolder = fileURLToPath(new URL('../golden/', import.meta.url));

/** The small shape of a family that the golden files have. */
async function smallModel(name: string): Promise<FamilyModel> {
  const { metadata } = await readGolden(join(goldenFolder, `${name}.safetensors`));
  return readModel({ config: JSON.parse(metadata['config']) as Record<string, unknown> });
}

/** Whole numbers below a limit: the same for the same seed. */
const numbers = (length: number, seed: number, limit: number) =>
  Array.from({ length }, (_, i) => (i * 7919 + seed * 104729) % limit);

/** Any of some items, in any order, as often as may be. */
const floodOf = (items: readonly unknown[]) =>
  fc.array(fc.nat({ max: items.length - 1 }), { minLength: 1, maxLength: FLOOD, size: 'max' });

/** Holds an encoder to it that no item's vector depends on what else is encoded. `make` makes an item anew: its buffers change threads. */
async function holdIndependent<Item>(
  parts: EncoderParts<Item>,
  make: readonly (() => Item)[],
): Promise<void> {
  let batches = 0;
  const counted = { ...parts, request: (items: readonly Item[]) => (batches++, parts.request(items)) };
  const encoder = await startSynthetic('flood', counted);
  const alone: Float32Array[] = [];
  for (const item of make) alone.push(await vectorOf(encoder, item()));
  batches = 0;
  let encoded = 0;
  await fc.assert(
    fc.asyncProperty(floodOf(make), async (chosen) => {
      const together = await Promise.all(chosen.map((i) => vectorOf(encoder, make[i]())));
      encoded += chosen.length;
      together.forEach((found, place) =>
        expect(maxDifference(found, alone[chosen[place]])).toBeLessThanOrEqual(TOLERANCE),
      );
    }),
    RUNS,
  );
  expect(batches).toBeLessThan(encoded / 2);
  await encoder.close();
}

describe.each([
  'sentence/bert',
  'sentence/roberta',
  'sentence/xlm-roberta',
  'sentence/mpnet',
  'siglip/small',
])('a text of %s', (name) => {
  it('has the vector that it has alone, whatever is encoded at the same time (property)', async () => {
    const { text } = (await smallModel(name)) as Required<FamilyModel>;
    const lengths = name.startsWith('siglip') ? [text.maxTokens] : [3, 300];
    const items = Array.from({ length: 12 }, (_, i): TextItem => {
      const ids = numbers(lengths[i % lengths.length], i, 290).map((id) => id + 4);
      return { ids, pooling: text.poolings[i % text.poolings.length], form };
    });
    await holdIndependent(
      text,
      items.map((item) => () => item),
    );
  });
});

describe('an image of siglip/small', () => {
  it('has the vector that it has alone, whatever is encoded at the same time (property)', async () => {
    const { image } = (await smallModel('siglip/small')) as Required<FamilyModel>;
    const { length } = image.warmUp.pixels;
    const items = Array.from({ length: 12 }, (_, i) => (): ImageItem => {
      const pixels = Uint8Array.from(numbers(length, i, 256));
      return { pixels, pooling: image.poolings[i % image.poolings.length], form };
    });
    await holdIndependent(image, items);
  });
});

describe('texts of 3 and of 300 tokens, from their tokenizer to their vectors', () => {
  let work: string;
  let engine: Engine;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'triptych-batching-'));
    const [source, target] = [join(work, 'hf'), join(work, 'model')];
    const { metadata } = await readGolden(join(goldenFolder, 'sentence', 'xlm-roberta.safetensors'));
    const config = { ...(JSON.parse(metadata['config']) as object), vocab_size: 12_000 };
    await writeSyntheticCheckpoint(source, config, goldenTokenizer('xlm-roberta'));
    await convertCheckpoint({ source, target, dtype: 'float32', converterVersion: '1' });
    engine = await createEngine({ models: [target] });
  });
  afterAll(async () => {
    await engine.close();
    await rm(work, { recursive: true });
  });

  const encode = async (texts: readonly string[]) =>
    (await engine.encodeTexts({ texts })).results.map((result) => {
      if ('error' in result) throw result.error;
      return { tokens: result.tokens, vector: decodeEmbedding(result.embedding.bytes, 'float32', 0) };
    });

  it('have the vectors that they have alone, in one call or in many at a time (property)', async () => {
    // Each is a token, between the two that stand around a text.
    const words = ['the', 'human', 'right', 'slave', 'a', 'in'];
    const texts = words.flatMap((word, i) => [
      word,
      numbers(298, i, 6)
        .map((at) => words[at])
        .join(' '),
    ]);
    const alone: Float32Array[] = [];
    for (const text of texts) {
      const [{ tokens, vector }] = await encode([text]);
      expect(tokens, text).toBe(text.includes(' ') ? 300 : 3);
      alone.push(vector);
    }
    await fc.assert(
      fc.asyncProperty(floodOf(texts), fc.boolean(), async (chosen, isOneCall) => {
        const flood = chosen.map((i) => texts[i]);
        const found = isOneCall
          ? await encode(flood)
          : (await Promise.all(flood.map((text) => encode([text])))).flat();
        found.forEach(({ vector }, place) =>
          expect(maxDifference(vector, alone[chosen[place]])).toBeLessThanOrEqual(TOLERANCE),
        );
      }),
      RUNS,
    );
  });
});
