import { type RankFusion, toEmbedding, VectorFusionRule } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demoClip,
  demoModel,
  picture,
  serveDemo,
  speech,
  type TestServer,
  vectorOf,
} from '../../testing/harness.js';

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo({ models: [demoModel, demoClip], maxItems: 40 });
});
afterAll(() => test.close());

const names = ['pizza', 'volcano', 'sunflower', 'sailboat', 'honeybee', 'shopping-cart'];
const words = names.map((id) => ({ id, text: `a picture of ${id.replace('-', ' ')}` }));
const pictures = names.map((id) => ({ id, image: { encoded: picture(id) } }));
const spoken = names.map((id) => ({
  id,
  audio: { format: { encoding: 1 as const, sampleRateHz: 16_000 }, data: Buffer.from(speech(`${id}-a`)) },
}));

describe('CrossModal.Rank', () => {
  it('finds the picture of what is written and of what is said', async () => {
    const { stamp, rankings } = await test.client.rank({
      queries: [...words, ...spoken],
      candidates: pictures,
      topK: 2,
    });
    expect(stamp).toMatchObject({ model: 'demo-clip', space: 'triptych-demo' });
    expect(rankings.map(({ items }) => items[0].id)).toEqual([...names, ...names]);
    for (const { items } of rankings) {
      expect(items).toHaveLength(2);
      expect(items[0].score).toBeGreaterThan(items[1].score);
    }
  });

  it('leaves out candidates that failed, and says so of queries', async () => {
    const bad = { id: 'bad', image: { encoded: Buffer.from('no image') } };
    const { rankings, failedCandidates } = await test.client.rank({
      queries: [words[0], { id: 'empty' }, words[1]],
      candidates: [bad, ...pictures],
    });
    expect(failedCandidates).toMatchObject([
      { index: 0, error: { reason: 'IMAGE_FORMAT_UNKNOWN', field: 'candidates[0].image.encoded' } },
    ]);
    expect(rankings.map(({ queryId, items }) => [queryId, items[0]?.index])).toEqual([
      ['pizza', 1],
      ['empty', undefined],
      ['volcano', 2],
    ]);
    expect(rankings[1].error).toMatchObject({ reason: 'ITEM_EMPTY', field: 'queries[1]' });
    expect(rankings[0].items.map(({ index }) => index)).not.toContain(0);
  });
});

describe('CrossModal.Fuse', () => {
  it('makes one vector of words, a picture and speech, which ranks as any other does', async () => {
    const items = [{ ...words[0], weight: 2 }, pictures[0], spoken[0]];
    const { stamp, embedding, cosines } = await test.client.fuse({ items });
    expect(stamp).toMatchObject({ model: 'demo-clip', space: 'triptych-demo' });
    expect(embedding?.shape).toEqual([128]);
    expect(cosines).toHaveLength(3);
    const { rankings } = await test.client.rank({
      queries: [{ embedding, space: stamp?.space }],
      candidates: pictures,
    });
    expect(rankings[0].items[0].id).toBe('pizza');
    const asked = { items, rule: VectorFusionRule.VECTOR_FUSION_RULE_GEODESIC, encoding: 3 as const };
    const half = await test.client.fuse(asked);
    const [plain, geodesic] = [embedding, half.embedding].map((one) => vectorOf({ embedding: one }));
    expect(half.embedding?.raw).toHaveLength(256);
    expect(plain.reduce((sum, value, i) => sum + value * geodesic[i], 0)).toBeGreaterThan(0.99);
  });

  it.each([
    [{ items: [] }, 'BATCH_EMPTY', 'items'],
    [{ items: Array<object>(65).fill(words[0]) }, 'BATCH_TOO_LARGE', 'items'],
    [{ items: [words[0]], rule: 9 as 1 }, 'ENUM_UNKNOWN', 'rule'],
    [{ items: [words[0]], encoding: 9 as 1 }, 'ENUM_UNKNOWN', 'encoding'],
    [{ items: [words[0], { ...words[1], weight: NaN }] }, 'WEIGHT_INVALID', 'items[1].weight'],
    [{ items: [words[0], { id: 'x' }] }, 'ITEM_EMPTY', 'items[1]'],
  ])('refuses what makes no vector: %#', async (request, reason, field) => {
    await expect(test.client.fuse(request)).rejects.toMatchObject({
      details: { reason, violations: [{ field }] },
    });
  });
});

describe('CrossModal.Rank with fusion', () => {
  it('has one ranking by all queries together, which bears no name', async () => {
    const queries = [{ ...words[0], weight: 0.5 }, spoken[0], { ...pictures[0], weight: 0 }];
    for (const rule of [0, 1, 2, 3, 4] as const) {
      const answer = await test.client.rank({ queries, candidates: pictures, topK: 2, fusion: { rule } });
      expect(answer.rankings).toMatchObject([{ queryId: '', items: [{ id: 'pizza', index: 0 }, {}] }]);
      expect(answer.sourceStamps).toEqual([answer.stamp]);
    }
  });

  it('refuses sources that rank nothing', async () => {
    const refused = (fusion: RankFusion) =>
      expect(test.client.rank({ queries: words, candidates: pictures, fusion })).rejects;
    await refused({ sources: [{ queries: [6] }] }).toMatchObject({
      code: 3,
      details: { reason: 'FUSION_INVALID', violations: [{ field: 'fusion.sources[0].queries[0]' }] },
    });
    await refused({ sources: Array<object>(9).fill({}) }).toMatchObject({
      details: { reason: 'BATCH_TOO_LARGE', violations: [{ field: 'fusion.sources' }] },
    });
    await refused({ sources: [{ model: 'demo-whisper' }] }).toMatchObject({
      code: 12,
      details: { reason: 'MODALITY_NOT_SERVED' },
    });
  });
});

describe('CrossModal.Match', () => {
  it('is of models that encode a text together with an image, as no model of the demo does', async () => {
    const refused = { code: 12, details: { reason: 'MODALITY_NOT_SERVED' } };
    const pairs = [{ text: 'a pizza', image: { encoded: picture('pizza') } }];
    await expect(test.client.match({ pairs })).rejects.toMatchObject(refused);
    await expect(
      test.client.rank({ queries: words, candidates: pictures, early: { candidates: 4 } }),
    ).rejects.toMatchObject(refused);
    await expect(test.client.classify({ items: pictures, labels: names, early: {} })).rejects.toMatchObject(
      refused,
    );
    await expect(test.client.match({ pairs: Array<object>(65).fill({}) })).rejects.toMatchObject({
      details: { reason: 'BATCH_TOO_LARGE', violations: [{ field: 'pairs' }] },
    });
  });
});

describe('CrossModal.Similarity', () => {
  it('gives cosines, and logits as CLIP has them', async () => {
    const request = { queries: words.slice(0, 2), candidates: pictures };
    const [cosines, logits] = [
      await test.client.similarity(request),
      await test.client.similarity({ ...request, logits: true }),
    ];
    expect([cosines.rows, cosines.columns, cosines.scores.length]).toEqual([2, 6, 12]);
    const scales = [...logits.scores].map((logit, i) => logit / cosines.scores[i]);
    for (const scale of scales) expect(scale).toBeCloseTo(scales[0], 2);
    expect(scales[0]).toBeGreaterThan(1);
  });

  it('takes vectors that were made earlier, where they are of its space', async () => {
    const { stamp, results } = await test.client.encodeTexts({
      texts: words.map(({ text }) => text),
      options: { encoding: 4 },
    });
    const space = stamp?.space ?? '';
    const made = results.map(({ embedding }) => ({ embedding: embedding ?? null, space }));
    const [now, earlier] = [
      await test.client.similarity({ queries: words, candidates: pictures }),
      await test.client.similarity({ queries: made, candidates: pictures }),
    ];
    earlier.scores.forEach((score, i) => expect(Math.abs(score - now.scores[i])).toBeLessThan(0.02));
    const { scores, failedQueries } = await test.client.similarity({
      queries: [
        { embedding: toEmbedding(Float32Array.of(1, 2)), space },
        { embedding: toEmbedding(vectorOf(results[0])), space: 'elsewhere' },
        { embedding: { raw: Buffer.alloc(3), encoding: 2 }, space },
        { embedding: toEmbedding(vectorOf(results[0])), space },
      ],
      candidates: pictures,
    });
    expect(failedQueries.map(({ index, error }) => [index, error?.reason])).toEqual([
      [0, 'EMBEDDING_INVALID'],
      [1, 'SPACE_MISMATCH'],
      [2, 'EMBEDDING_INVALID'],
    ]);
    expect([...scores].map(Number.isNaN)).toEqual(Array.from({ length: 24 }, (_, i) => i < 18));
  });

  it('refuses too much, and too little', async () => {
    const many = Array<object>(39).fill(words[0]);
    await expect(test.client.similarity({ queries: many, candidates: words })).rejects.toMatchObject({
      details: { reason: 'BATCH_TOO_LARGE' },
    });
    await expect(test.client.similarity({ queries: words })).rejects.toMatchObject({
      details: { reason: 'BATCH_EMPTY', violations: [{ field: 'candidates' }] },
    });
    await expect(
      test.client.similarity({ model: 'demo-whisper', queries: words, candidates: words }),
    ).rejects.toMatchObject({
      details: { reason: 'MODALITY_NOT_SERVED' },
    });
  });
});

describe('answers that repeat what was asked', () => {
  const error = { code: 8, details: { reason: 'MESSAGE_TOO_LARGE' } };
  const vectors = Array.from({ length: 20 }, () => ({ text: 'x' }));

  it('are refused before they are made, where they might be longer than answers may be', async () => {
    const test = await serveDemo({ models: [demoClip], maxItems: 40, maxAnswerBytes: 100_000 });
    try {
      const candidates = vectors.map((item) => ({ ...item, id: 'x'.repeat(300) }));
      const rank = (topK: number) => test.client.rank({ queries: vectors, candidates, topK });
      await expect(rank(0)).rejects.toMatchObject(error);
      expect((await rank(2)).rankings[0].items).toHaveLength(2);
      const labels = vectors.map(() => 'x'.repeat(300));
      await expect(test.client.classify({ items: vectors, labels })).rejects.toMatchObject(error);
    } finally {
      await test.close();
    }
  });

  it('have ids of a kilobyte at most', async () => {
    const named = [{ id: 'x'.repeat(1025), text: 'x' }];
    await expect(test.client.rank({ queries: vectors, candidates: named })).rejects.toMatchObject({
      code: 3,
      details: { reason: 'ID_TOO_LONG', violations: [{ field: 'candidates[0].id' }] },
    });
  });
});

describe('CrossModal.Classify', () => {
  const labels = names.map((name) => name.replace('-', ' '));

  it('names what is shown and what is said, with probabilities that add up to 1', async () => {
    const { classifications } = await test.client.classify({
      items: [...pictures, ...spoken],
      labels,
      template: 'a picture of {}',
    });
    expect(classifications.map((c) => c.labels[0].label)).toEqual([...labels, ...labels]);
    for (const { labels: all } of classifications) {
      expect(all).toHaveLength(6);
      expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4);
    }
  });

  it('gives a bad item an error in its place; a bad label or template fails the call', async () => {
    const { classifications } = await test.client.classify({ items: [{ id: 'x' }, pictures[0]], labels });
    expect(classifications[0]).toMatchObject({ id: 'x', labels: [], error: { reason: 'ITEM_EMPTY' } });
    expect(classifications[1].labels[0].label).toBe('pizza');
    await expect(
      test.client.classify({ items: pictures, labels, template: 'nothing' }),
    ).rejects.toMatchObject({
      details: { reason: 'TEMPLATE_INVALID', violations: [{ field: 'template' }] },
    });
    await expect(
      test.client.classify({ items: pictures, labels: ['x'.repeat(40_000)] }),
    ).rejects.toMatchObject({
      details: { reason: 'TEXT_TOO_LARGE', violations: [{ field: 'labels[0]' }] },
    });
  });
});

describe('Models.List', () => {
  it('says what each model takes, which is the default of a modality, and what can be compared', async () => {
    const models = await test.client.listModels();
    const encoders = models.flatMap(({ name, encoders }) =>
      encoders.map((e) => [name, e.modality, e.isDefault, e.space]),
    );
    expect(encoders).toEqual([
      ['demo-whisper', 1, true, 'triptych-demo'],
      ['demo-clip', 2, true, 'triptych-demo'],
      ['demo-clip', 3, true, 'triptych-demo'],
    ]);
    expect(models[1].encoders[0].image).toMatchObject({ inputSize: 96, patchSize: 16, maxBatchImages: 64 });
    expect(models[1].encoders[1].text).toEqual({ maxTokens: 32 });
  });
});
