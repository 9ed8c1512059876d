import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeEmbedding, type EmbeddingBytes } from '@triptych/core';
import { type CaptionRequest, createEngine, type Engine, type FailedItem } from '@triptych/engine';
import { convertCheckpoint } from '@triptych/model-families';
import { quantizeModel } from '@triptych/quantizer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenTokenizer } from './golden-tokenizer.js';
import { imagesDirectory } from './golden.js';
import { writeSyntheticCheckpoint } from './synthetic-checkpoint.js';

const image = (name: string) => ({ encoded: readFileSync(join(imagesDirectory, name)) });

const tower = { hidden_size: 64, intermediate_size: 128, num_hidden_layers: 2, num_attention_heads: 4 };
const sizes = {
  vision_config: { ...tower, image_size: 64, patch_size: 16 },
  text_config: { ...tower, vocab_size: 12_000, max_position_embeddings: 64, bos_token_id: 11_999 },
  image_text_hidden_size: 32,
};
const texts = ['all human beings', 'born free', 'a spirit of brotherhood'];
const images = ['photo-420.jpg', 'noise.png', 'panorama.png', 'grey.jpg'].map((name) => ({
  image: image(name),
}));

let work: string;
let engine: Engine;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-blip-'));
  const files = goldenTokenizer('bert-uncased');
  const models: string[] = [];
  for (const [name, architecture] of [
    ['retrieval', 'BlipForImageTextRetrieval'],
    ['generation', 'BlipForConditionalGeneration'],
  ]) {
    const [source, target] = [join(work, `${name}-hf`), join(work, name)];
    await writeSyntheticCheckpoint(
      source,
      { architectures: [architecture], model_type: 'blip', ...sizes },
      files,
    );
    await convertCheckpoint({ source, target, dtype: 'float32', converterVersion: '1' });
    models.push(target);
  }
  const [retrieval, generation] = models;
  engine = await createEngine({
    models: [
      { directory: retrieval, name: 'retrieval' },
      { directory: generation, name: 'generation' },
    ],
    maxImages: 16,
  });
});
afterAll(async () => {
  await engine.close();
  await rm(work, { recursive: true });
});

const valuesOf = ({ bytes }: EmbeddingBytes) => decodeEmbedding(bytes, 'float32', 0);

/** The probability of each text (row) with each image. */
async function probabilities(): Promise<number[][]> {
  const pairs = texts.flatMap((text) => images.map((one) => ({ text, ...one })));
  const { results } = await engine.match({ pairs });
  const all = results.map((one) => {
    if ('error' in one) throw one.error;
    return one.probability;
  });
  return texts.map((_, i) => all.slice(i * images.length, (i + 1) * images.length));
}

describe('a BLIP for retrieval', () => {
  it('matches texts with images: a probability and a vector of each pair, in a space of their own', async () => {
    const pairs = [
      { text: texts[0], ...images[0] },
      { text: texts[0], image: {} },
      { text: texts[1], ...images[1] },
    ];
    const { stamp, results } = await engine.match({ pairs });
    const { stamp: ofTexts } = await engine.encodeTexts({ texts });
    expect(stamp.model).toBe('retrieval');
    expect(stamp.space).toMatch(/\/match$/);
    expect(stamp.space).not.toBe(ofTexts.space);
    expect((results[1] as FailedItem).error).toMatchObject({
      reason: 'IMAGE_EMPTY',
      field: 'pairs[1].image.encoded',
    });
    const [first, , last] = results;
    if ('error' in first || 'error' in last) throw new Error('a pair failed');
    expect(first.embedding.shape).toEqual([64]);
    expect(Math.hypot(...valuesOf(first.embedding))).toBeCloseTo(1, 5);
    // Alone as in a batch.
    const alone = await engine.match({ pairs: [pairs[2]], normalize: false });
    const [one] = alone.results;
    if ('error' in one) throw one.error;
    expect(one.probability).toBeCloseTo(last.probability, 6);
    const [plain, unit] = [valuesOf(one.embedding), valuesOf(last.embedding)];
    const length = Math.hypot(...plain);
    plain.forEach((value, i) => expect(value / length).toBeCloseTo(unit[i], 5));
  });

  it.each(['texts', 'images'] as const)('ranks what cosines find best anew, for %s', async (asked) => {
    const expected = await probabilities();
    const words = texts.map((text) => ({ text }));
    const [queries, candidates] = asked === 'texts' ? [words, images] : [images, words];
    const cosines = await engine.rank({ queries, candidates });
    const { rankings } = await engine.rank({ queries, candidates, early: { candidates: 2 } });
    rankings.forEach((ranking, q) => {
      const first = cosines.rankings[q];
      if ('error' in ranking || 'error' in first) throw new Error('a ranking failed');
      const best = first.items.slice(0, 2).map(({ index }) => index);
      expect(ranking.items.map(({ index }) => index).sort()).toEqual(best.sort());
      for (const { index, score } of ranking.items)
        expect(score).toBeCloseTo(asked === 'texts' ? expected[q][index] : expected[index][q], 5);
      expect(ranking.items[0].score).toBeGreaterThanOrEqual(ranking.items[1].score);
    });
    const one = await engine.rank({ queries, candidates, early: {}, topK: 1 });
    expect(one.rankings.map((ranking) => 'items' in ranking && ranking.items.length)).toEqual(
      queries.map(() => 1),
    );
  });

  it('classifies by the probabilities of the labels that cosines find best', async () => {
    const expected = await probabilities();
    const asked = {
      items: [...images, { image: { encoded: Buffer.alloc(9) } }],
      labels: texts,
      template: '{}',
    };
    const { classifications } = await engine.classify({ ...asked, early: { candidates: 2 } });
    images.forEach((_, i) => {
      const one = classifications[i];
      if ('error' in one) throw one.error;
      expect(one.labels).toHaveLength(2);
      for (const { index, score } of one.labels) expect(score).toBeCloseTo(expected[index][i], 5);
    });
    expect((classifications.at(-1) as FailedItem).error).toMatchObject({ reason: 'IMAGE_FORMAT_UNKNOWN' });
  });

  it.each([
    [{ queries: [{ text: 'a' }], candidates: [{ text: 'b' }], early: {} }, 'FUSION_INVALID', 'candidates[0]'],
    [{ queries: [{ text: 'a' }, images[0]], candidates: images, early: {} }, 'FUSION_INVALID', 'queries[1]'],
    [
      { queries: [{ text: 'a' }], candidates: images, early: { candidates: 33 } },
      'FUSION_INVALID',
      'early.candidates',
    ],
    [{ queries: [{ text: 'a' }], candidates: images, early: {}, fusion: {} }, 'FUSION_INVALID', 'early'],
    [{ queries: [], candidates: images, early: {} }, 'BATCH_EMPTY', 'queries'],
  ])('ranks pairs of a text and an image alone: %#', async (request, reason, field) => {
    await expect(engine.rank(request)).rejects.toMatchObject({ reason, field });
  });
});

describe('a quantised BLIP', () => {
  it('is not made: no product of its is served in int8', async () => {
    const [source, target] = [join(work, 'retrieval'), join(work, 'int8')];
    const inputs = { images: [join(imagesDirectory, 'noise.png')], texts, audio: [] };
    await expect(quantizeModel({ source, target, inputs, converterVersion: '1' })).rejects.toMatchObject({
      reason: 'CONFIG_INVALID',
      message: expect.stringMatching(/blip are served in float alone/) as string,
    });
  });
});

describe('a BLIP for generation', () => {
  const captions = async (request: Partial<CaptionRequest>) => {
    const { results, model } = await engine.captionImages({
      images: images.map((one) => one.image),
      ...request,
    });
    expect(model).toBe('generation');
    return results;
  };

  it('writes captions that begin with a prompt, of each image what it writes of it alone; a bad image fails alone', async () => {
    const bad = { encoded: Buffer.alloc(9) };
    for (const options of [{ maxTokens: 12 }, { beams: 3, maxTokens: 9, prompt: 'All human beings' }]) {
      const together = await captions(options);
      for (const [i, one] of images.entries()) {
        const [alone] = await captions({ ...options, images: [one.image] });
        if ('error' in alone) throw alone.error;
        const probability = expect.closeTo(alone.meanLogProbability, 4) as number;
        expect(together[i]).toMatchObject({ ...alone, meanLogProbability: probability });
        expect(alone.tokens).toBeLessThan(options.maxTokens);
        expect(alone.text.startsWith((options.prompt ?? '').toLowerCase())).toBe(true);
        expect(['end', 'length']).toContain(alone.finish);
      }
    }
    const [first, second] = await captions({ images: [bad, images[0].image], maxTokens: 4 });
    expect((first as FailedItem).error).toMatchObject({
      reason: 'IMAGE_FORMAT_UNKNOWN',
      field: 'images[0].encoded',
    });
    expect('error' in second).toBe(false);
  });

  it.each([
    [{ beams: 9 }, 'PARAMETER_INVALID', 'beams'],
    [{ maxTokens: 65 }, 'PARAMETER_INVALID', 'max_tokens'],
    [{ maxTokens: 3, prompt: 'all human beings' }, 'PARAMETER_INVALID', 'prompt'],
    [{ prompt: '\ud800' }, 'TEXT_NOT_UTF8', 'prompt'],
    [{ images: [] }, 'BATCH_EMPTY', 'images'],
    [{ model: 'retrieval' }, 'MODALITY_NOT_SERVED', 'model'],
  ])('refuses what makes no caption: %j', async (request, reason, field) => {
    await expect(captions(request)).rejects.toMatchObject({ reason, field });
  });

  it('encodes images, and says that it compares nothing', async () => {
    const { stamp, results } = await engine.encodeImages({
      model: 'generation',
      images: [image('photo-420.jpg')],
    });
    expect(stamp.space).toMatch(/\/image\/class$/);
    expect(results).toMatchObject([{ embedding: { shape: [64] } }]);
    const pairs = [{ text: 'a', ...images[0] }];
    await expect(engine.match({ model: 'generation', pairs })).rejects.toMatchObject({
      reason: 'MODALITY_NOT_SERVED',
    });
  });
});
