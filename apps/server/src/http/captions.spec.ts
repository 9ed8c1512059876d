import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FinishReason } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, picture, serveDemo, type TestServer } from '../testing/harness.js';
import { CAPTIONER_PLACES, writeTinyBlip } from '../testing/tiny-blip.js';
import { captionsAnswer } from './captions.js';
import type { OpenApi } from './openapi/document.js';

let work: string;
let test: TestServer;
let base: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-captions-'));
  test = await serveDemo({
    models: [demoClip, await writeTinyBlip(work, 'tiny-captioner')],
    http: '127.0.0.1:0',
  });
  base = `http://${test.server.httpAddress}`;
});
afterAll(async () => {
  await test.close();
  await rm(work, { recursive: true });
});

async function post(body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${base}/captions`, { method: 'POST', headers, body: JSON.stringify(body) });
}

const images = ['pizza', 'volcano'].map(picture);
const uri = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`;

describe('/captions', () => {
  it('writes as many tokens as a model has places for, where those are fewer than 30', async () => {
    const response = await post({ images: [uri(images[0])] });
    const { captions } = captionsAnswer.parse(await response.json());
    // Its beginning takes a place.
    expect(captions).toMatchObject([{ tokens: CAPTIONER_PLACES - 1, finish_reason: 'length' }]);
  });

  it("answers gRPC's captions, and an image that fails with its error in its place", async () => {
    const options = { prompt: 'all human beings', beams: 2 };
    const { model, captions } = await test.client.caption({
      images: images.map((encoded) => ({ encoded })),
      ...options,
      maxTokens: 9,
    });
    const asked = [uri(images[0]), uri(Buffer.alloc(9)), images[1].toString('base64')];
    const response = await post({ images: asked, ...options, max_tokens: 9 });
    expect(response.status).toBe(200);
    const answer = captionsAnswer.parse(await response.json());
    expect(answer.model).toBe(model);
    const written = captions.map(({ text, tokens, finishReason }) => ({
      text,
      tokens,
      finish_reason: finishReason === FinishReason.FINISH_REASON_END ? 'end' : 'length',
    }));
    const failure = {
      reason: 'IMAGE_FORMAT_UNKNOWN',
      status: 400,
      field: 'images[1]',
      title: 'Bad Request',
      type: 'about:blank',
    };
    expect(answer.captions).toMatchObject([written[0], { error: failure }, written[1]]);
  });

  it('refuses what it cannot do as RFC 9457 has it', async () => {
    const cases = [
      [{ images: ['%'] }, 400, 'MESSAGE_MALFORMED', 'images[0]'],
      [{ images: uri(images[0]) }, 400, 'MESSAGE_MALFORMED', 'images'],
      [{ images: [uri(images[0])], beams: 9 }, 400, 'PARAMETER_INVALID', 'beams'],
      [{ images: [uri(images[0])], max_tokens: 1 }, 400, 'PARAMETER_INVALID', 'max_tokens'],
      [{ images: [uri(images[0])], words: 3 }, 400, 'MESSAGE_MALFORMED', 'words'],
      [{ images: [uri(images[0])], model: 'demo-clip' }, 400, 'MODALITY_NOT_SERVED', 'model'],
      [{ images: [uri(images[0])], model: 'none' }, 404, 'MODEL_NOT_FOUND', 'model'],
      [{ images: [] }, 400, 'BATCH_EMPTY', 'images'],
    ] as const;
    for (const [body, status, reason, field] of cases) {
      const response = await post(body);
      expect(response.headers.get('content-type')).toMatch('application/problem+json');
      const problem = (await response.json()) as object;
      expect(problem).toMatchObject({ status, reason, field, retryable: false });
      expect(problem).toMatchObject({ instance: `urn:request:${response.headers.get('x-request-id')}` });
      expect(response.status).toBe(status);
    }
  });

  it('is described where programs look', async () => {
    const { paths } = (await (await fetch(`${base}/openapi.json`)).json()) as OpenApi;
    const { responses, requestBody } = paths['/captions']['post'];
    expect(Object.keys(responses['default'].content ?? {})).toEqual(['application/problem+json']);
    expect(requestBody?.required).toBe(true);
  });
});
