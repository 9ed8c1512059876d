import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FinishReason } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picture, serveDemo, type TestServer, vectorOf } from '../../testing/harness.js';
import { writeTinyBlip } from '../../testing/tiny-blip.js';

let work: string;
let test: TestServer;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-match-'));
  const models = [await writeTinyBlip(work), await writeTinyBlip(work, 'tiny-captioner')];
  test = await serveDemo({ models, http: '127.0.0.1:0' });
});
afterAll(async () => {
  await test.close();
  await rm(work, { recursive: true });
});

const texts = ['a pizza', 'all human beings', 'free'];
const images = ['pizza', 'volcano', 'sailboat'].map((id) => ({ id, image: { encoded: picture(id) } }));

describe('CrossModal.Match', () => {
  it('answers each pair with its name, its probability and its vector, or its error', async () => {
    const pairs = [
      { ...images[0], id: 'first', text: texts[0] },
      { id: 'none', text: texts[0] },
    ];
    const { stamp, results } = await test.client.match({ pairs, encoding: 2 });
    expect(stamp).toMatchObject({ model: 'tiny-blip', space: expect.stringMatching(/\/match$/) as string });
    expect(results).toMatchObject([
      { id: 'first', error: null, embedding: { shape: [32], encoding: 2 } },
      { id: 'none', error: { reason: 'IMAGE_EMPTY', field: 'pairs[1].image.encoded' } },
    ]);
    expect(results[0].probability).toBeGreaterThan(0);
    expect(Math.hypot(...vectorOf(results[0]))).toBeCloseTo(1, 5);
    const plain = await test.client.match({ pairs, normalize: false });
    expect(Math.hypot(...vectorOf(plain.results[0]))).not.toBeCloseTo(1, 3);
  });
});

describe('a second stage', () => {
  /** Of each text with each image. */
  const probabilities = async () => {
    const pairs = texts.flatMap((text) => images.map(({ image }) => ({ text, image })));
    const { results } = await test.client.match({ pairs });
    return texts.map((_, i) => results.slice(3 * i, 3 * i + 3).map(({ probability }) => probability));
  };

  it('ranks by the probabilities of Match, over HTTP too', async () => {
    const expected = (await probabilities())[1];
    const queries = [{ id: 'q', text: texts[1] }];
    const { rankings } = await test.client.rank({ queries, candidates: images, early: { candidates: 3 } });
    expect(rankings).toMatchObject([{ queryId: 'q' }]);
    expect(rankings[0].items.map(({ index }) => index)).toEqual(
      [0, 1, 2].sort((a, b) => expected[b] - expected[a] || a - b),
    );
    for (const { index, score } of rankings[0].items) expect(score).toBeCloseTo(expected[index], 5);
    const body = {
      query: texts[1],
      documents: images.map(({ image }) => ({ image: image.encoded.toString('base64') })),
      early: { candidates: 3 },
    };
    const answer = await post('/v1/rerank', body);
    expect(answer.results).toEqual(
      rankings[0].items.map(({ index, score }) => ({ index, relevance_score: score })),
    );
  });

  it('classifies by them', async () => {
    const expected = (await probabilities()).map(([first]) => first);
    const request = { labels: texts, template: '{}', early: { candidates: 3 } };
    const { classifications } = await test.client.classify({ items: images.slice(0, 1), ...request });
    for (const { label, probability } of classifications[0].labels)
      expect(probability).toBeCloseTo(expected[texts.indexOf(label)], 5);
    const input = [picture('pizza').toString('base64')];
    const { data } = await post('/v1/classify', { input, modality: 'image', ...request });
    expect(data?.[0].scores).toHaveLength(3);
    expect(data?.[0].score).toBeCloseTo(Math.max(...expected), 5);
  });
});

describe('Captioner.Caption', () => {
  it('answers each image with its name, its caption and why it ended, or its error', async () => {
    const asked = [
      { id: 'first', encoded: picture('pizza') },
      { id: 'none', encoded: Buffer.alloc(9) },
    ];
    const { model, captions } = await test.client.caption({
      images: asked,
      prompt: 'All human beings',
      beams: 2,
      maxTokens: 9,
    });
    expect(model).toBe('tiny-captioner');
    expect(captions).toMatchObject([
      { id: 'first', text: expect.stringMatching(/^all human beings/) as string, error: null },
      { id: 'none', text: '', error: { reason: 'IMAGE_FORMAT_UNKNOWN', field: 'images[1].encoded' } },
    ]);
    expect([FinishReason.FINISH_REASON_END, FinishReason.FINISH_REASON_LENGTH]).toContain(
      captions[0].finishReason,
    );
    await expect(test.client.caption({ model: 'tiny-blip', images: asked })).rejects.toMatchObject({
      code: 12,
      details: { reason: 'MODALITY_NOT_SERVED' },
    });
    await expect(test.client.caption({ images: asked, beams: 9 })).rejects.toMatchObject({
      details: { reason: 'PARAMETER_INVALID', violations: [{ field: 'beams' }] },
    });
  });
});

interface Answer {
  readonly results?: unknown;
  readonly data?: readonly { readonly score: number; readonly scores: readonly unknown[] }[];
}

async function post(path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const url = `http://${test.server.httpAddress}${path}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Answer;
}
