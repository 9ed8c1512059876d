import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fuseScores, rankFusionRules, vectorFusionRules } from '@triptych/clip-engine';
import { decodeEmbedding, type EmbeddingBytes } from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.js';
import type { Engine } from '../engine.js';
import type { FailedItem } from '../items/encode-items.js';
import type { Rankings } from './rankings.js';

const path = (name: string) => fileURLToPath(new URL(`../../../../${name}`, import.meta.url));
const picture = async (name: string) => ({ encoded: await readFile(path(`examples/images/${name}.png`)) });

/** The demo's CLIP as another model, of a space of its own. */
let elsewhere: string;
let engine: Engine;
let images: { readonly image: { readonly encoded: Buffer } }[];
const names = ['cherries', 'pizza', 'sailboat', 'volcano'];
const words = { text: 'a picture of pizza' };
const spoken = async () => ({
  audio: { format: { encoding: 'container' }, data: await readFile(path('examples/speech/pizza-a.wav')) },
});

beforeAll(async () => {
  elsewhere = await mkdtemp(join(tmpdir(), 'triptych-space-'));
  await cp(path('models/demo/clip'), elsewhere, { recursive: true });
  const file = join(elsewhere, 'metadata.json');
  const metadata = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...metadata, model_name: 'elsewhere', space: 'elsewhere' }));
  engine = await createEngine({
    models: [path('models/demo/clip'), path('models/demo/whisper'), elsewhere],
    maxItems: 80,
  });
  images = await Promise.all(names.map(async (name) => ({ image: await picture(name) })));
});
afterAll(async () => {
  await engine.close();
  await rm(elsewhere, { recursive: true });
});

const valuesOf = ({ bytes }: EmbeddingBytes) => decodeEmbedding(bytes, 'float32', 0);
const ranked = ({ rankings: [one] }: Rankings) => {
  if ('error' in one) throw one.error;
  return one.items;
};
const scoresOf = (rankings: Rankings) =>
  ranked(rankings)
    .toSorted((a, b) => a.index - b.index)
    .map(({ score }) => score);

describe('items that become one vector', () => {
  it('are of any modality of the space, vectors made earlier among them', async () => {
    const { stamp, embedding, cosines } = await engine.fuse({
      items: [words, { ...images[1], weight: 2 }, await spoken()],
    });
    expect(stamp).toMatchObject({ model: 'demo-clip', space: 'triptych-demo' });
    expect(embedding.shape).toEqual([128]);
    expect(cosines).toHaveLength(3);
    expect(Math.min(...cosines)).toBeGreaterThan(0.5);
    const again = { embedding: { values: valuesOf(embedding), space: stamp.space } };
    const { scores } = await engine.similarity({
      queries: [again],
      candidates: [words, images[1], await spoken()],
    });
    scores.forEach((score, i) => expect(score).toBeCloseTo(cosines[i], 5));
    const best = await engine.rank({ queries: [again], candidates: images });
    expect(ranked(best)[0].index).toBe(1);
  });

  it.each(vectorFusionRules)('by rule %s alike whatever they came as', async (rule) => {
    const items = [words, images[1]];
    const { embedding } = await engine.fuse({ items, rule });
    const made = await Promise.all(items.map((item) => engine.fuse({ items: [item] })));
    const given = made.map(({ embedding: one, stamp }) => ({
      embedding: { values: valuesOf(one), space: stamp.space },
    }));
    const fromVectors = await engine.fuse({ items: given, rule });
    valuesOf(fromVectors.embedding).forEach((value, i) =>
      expect(value).toBeCloseTo(valuesOf(embedding)[i], 5),
    );
    const small = await engine.fuse({ items, rule, encoding: 'int8' });
    expect(small.embedding.bytes).toHaveLength(128);
  });

  const vector = (values: number[], space = 'triptych-demo') => ({
    embedding: { values: Float32Array.from({ length: 128 }, (_, i) => values[i] ?? 0), space },
  });
  it.each([
    ['none', [], { reason: 'BATCH_EMPTY', field: 'items' }],
    ['too many', Array(65).fill(words), { reason: 'BATCH_TOO_LARGE', field: 'items' }],
    ['a weight below 0', [words, { ...words, weight: -1 }], { reason: 'WEIGHT_INVALID', field: 'items[1].weight' }],
    ['a weight that is no number', [{ ...words, weight: NaN }], { reason: 'WEIGHT_INVALID', field: 'items[0].weight' }],
    ['an endless weight', [{ ...words, weight: Infinity }], { reason: 'WEIGHT_INVALID', field: 'items[0].weight' }],
    ['no weight above 0', [{ ...words, weight: 0 }], { reason: 'WEIGHT_INVALID', field: 'items' }],
    ['a vector of zeros', [vector([])], { reason: 'EMBEDDING_INVALID', field: 'items[0].embedding' }],
    ['another space', [words, vector([1], 'elsewhere')], { reason: 'SPACE_MISMATCH', field: 'items[1].space' }],
    ['opposites', [vector([1]), vector([-1])], { reason: 'FUSION_UNDEFINED', field: 'items' }],
    ['a bad image', [words, { image: { encoded: Buffer.alloc(9) } }], { reason: 'IMAGE_FORMAT_UNKNOWN', field: 'items[1].image.encoded' }],
  ])('are refused: %s', async (_what, items, error) => {
    await expect(engine.fuse({ items })).rejects.toMatchObject(error);
  }); // prettier-ignore

  it('are fused by a rule that there is', async () => {
    await expect(engine.fuse({ items: [words], rule: 'median' })).rejects.toMatchObject({
      reason: 'ENUM_UNKNOWN',
      field: 'rule',
    });
  });
});

describe('queries that ask together', () => {
  it.each(rankFusionRules)('rank by %s what each ranks alone, by its weight', async (rule) => {
    const queries = [{ ...words, weight: 3 }, await spoken()];
    const alone = await engine.similarity({ queries, candidates: images });
    const expected = fuseScores(
      [3, 1].map((weight, i) => ({ scores: alone.scores.subarray(4 * i, 4 * i + 4), weight })),
      { rule, rankConstant: 60 },
    );
    const together = await engine.rank({ queries, candidates: images, fusion: { rule } });
    scoresOf(together).forEach((score, i) => expect(score).toBeCloseTo(expected[i], 5));
    expect(ranked(together)[0].index).toBe(1);
    expect(together.sourceStamps).toEqual([together.stamp]);
    const best = await engine.rank({ queries, candidates: images, fusion: { rule }, topK: 1 });
    expect(ranked(best)).toEqual(ranked(together).slice(0, 1));
  });

  it('rank by the mean of cosines as the mean of their vectors does', async () => {
    const queries = [words, await spoken()];
    const { embedding, stamp } = await engine.fuse({ items: queries });
    const one = { embedding: { values: valuesOf(embedding), space: stamp.space } };
    const byVector = await engine.rank({ queries: [one], candidates: images });
    const byScores = await engine.rank({ queries, candidates: images, fusion: { rule: 'mean-cosine' } });
    expect(ranked(byScores).map(({ index }) => index)).toEqual(ranked(byVector).map(({ index }) => index));
  });

  it('fail with the first that fails; a candidate that fails is in no ranking', async () => {
    const bad = { image: { encoded: Buffer.alloc(9) } };
    const { rankings } = await engine.rank({ queries: [words, bad], candidates: images, fusion: {} });
    expect(rankings).toHaveLength(1);
    expect((rankings[0] as FailedItem).error).toMatchObject({
      reason: 'IMAGE_FORMAT_UNKNOWN',
      field: 'queries[1].image.encoded',
    });
    const with2 = await engine.rank({ queries: [words], candidates: [bad, ...images], fusion: {} });
    expect(with2.failedCandidates).toMatchObject([
      { index: 0, error: { field: 'candidates[0].image.encoded' } },
    ]);
    expect(ranked(with2).map(({ index }) => index)).not.toContain(0);
  });
});

describe('models of different spaces', () => {
  const sources = [{ weight: 2 }, { model: 'elsewhere' }];

  it('rank together, each in its own space', async () => {
    const rule = 'reciprocal-rank';
    const queries = [words, { text: 'cherries' }];
    const found = await engine.rank({
      queries,
      candidates: images,
      fusion: { sources, rule, rankConstant: 1 },
    });
    expect(found.sourceStamps?.map(({ space }) => space)).toEqual(['triptych-demo', 'elsewhere']);
    // The same weights in both: each ranks as it does alone.
    const alone = await engine.rank({ queries, candidates: images, fusion: { rule, rankConstant: 1 } });
    scoresOf(found).forEach((score, i) => expect(score).toBeCloseTo(3 * scoresOf(alone)[i], 5));
  });

  it('may each have queries of their own: speech has no encoder in the other space', async () => {
    const queries = [words, await spoken()];
    const own = [{ queries: [1] }, { model: 'elsewhere', queries: [0] }];
    const found = await engine.rank({ queries, candidates: images, fusion: { sources: own } });
    expect(ranked(found)[0].index).toBe(1);
    const { rankings } = await engine.rank({ queries, candidates: images, fusion: { sources } });
    expect((rankings[0] as FailedItem).error).toMatchObject({
      reason: 'MODALITY_NOT_SERVED',
      field: 'queries[1]',
    });
  });

  it('add up no cosines', async () => {
    const fusion = { sources, rule: 'mean-cosine' };
    await expect(engine.rank({ queries: [words], candidates: images, fusion })).rejects.toMatchObject({
      reason: 'SPACE_MISMATCH',
      field: 'fusion.rule',
      message: expect.stringMatching(/"triptych-demo" and "elsewhere"/) as string,
    });
  });

  it.each([
    [{ sources: [{ model: 'nobody' }] }, 'MODEL_NOT_FOUND', undefined],
    [{ sources: Array(9).fill({}) }, 'BATCH_TOO_LARGE', 'fusion.sources'],
    [{ sources: [{ weight: 0 }, { weight: 0 }] }, 'WEIGHT_INVALID', 'fusion.sources'],
    [{ sources: [{ weight: -1 }] }, 'WEIGHT_INVALID', 'fusion.sources[0].weight'],
    [{ sources: [{ queries: [0, 2] }] }, 'FUSION_INVALID', 'fusion.sources[0].queries[1]'],
    [{ sources: [{ queries: [1] }] }, 'FUSION_INVALID', 'fusion.sources'],
    [{ sources: [{ weight: 0 }, { queries: [1] }] }, 'WEIGHT_INVALID', 'fusion.sources'],
    [{ rankConstant: 0.5 }, 'FUSION_INVALID', 'fusion.rank_constant'],
    [{ rule: 'median' }, 'ENUM_UNKNOWN', 'fusion.rule'],
  ])('are refused where they make no ranking: %j', async (fusion, reason, field) => {
    const queries = [words, { text: 'cherries', weight: 0 }];
    await expect(engine.rank({ queries, candidates: images, fusion })).rejects.toMatchObject({
      reason,
      ...(field ? { field } : {}),
    });
  });
});
