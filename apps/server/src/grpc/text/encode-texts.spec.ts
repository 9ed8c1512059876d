import { Client, credentials } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, maxDifference, serveDemo, type TestServer, vectorOf } from '../../testing/harness.js';

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo({ models: [demoClip], maxTexts: 50 });
});
afterAll(() => test.close());

describe('TextEncoder.Encode', () => {
  it('answers with a vector for each text, whatever it is', async () => {
    const texts = ['a picture of pizza', '', '🍕', 'volcano '.repeat(60)];
    const { stamp, results } = await test.client.encodeTexts({ texts });
    expect(stamp).toMatchObject({ model: 'demo-clip', space: 'triptych-demo' });
    expect(results.map(({ truncated }) => truncated)).toEqual([false, false, false, true]);
    expect([results[1].tokens, results[3].tokens]).toEqual([2, 32]);
    for (const result of results) expect(Math.hypot(...vectorOf(result))).toBeCloseTo(1, 5);
  });

  it('gives a text the same vector whatever it is batched with (property)', async () => {
    const texts = Array.from({ length: 18 }, (_, i) => 'a sunflower and '.repeat(i % 9) + String(i));
    const encode = (...texts: string[]) => test.client.encodeTexts({ texts });
    const alone: Float32Array[] = [];
    for (const text of texts) alone.push(vectorOf((await encode(text)).results[0]));
    const anyTexts = fc.array(fc.nat({ max: texts.length - 1 }), {
      minLength: 1,
      maxLength: 50,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(anyTexts, async (chosen) => {
        const { results } = await encode(...chosen.map((i) => texts[i]));
        results.forEach((result, place) =>
          expect(maxDifference(vectorOf(result), alone[chosen[place]])).toBeLessThanOrEqual(1e-5),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('offers the end-of-text token, its projection and every token', async () => {
    const texts = ['pizza', 'two words'];
    for (const pooling of [0, 4, 5] as const) {
      const { results } = await test.client.encodeTexts({ texts, options: { pooling } });
      expect(results.map(({ embedding }) => embedding?.shape)).toEqual([[128], [128]]);
    }
    const { results } = await test.client.encodeTexts({ texts, options: { pooling: 6 } });
    expect(results.map(({ embedding }) => embedding?.shape)).toEqual(
      results.map(({ tokens }) => [tokens, 128]),
    );
  });

  it('refuses poolings that it does not offer by the names of this API', async () => {
    const asked = (pooling: number) =>
      test.client.encodeTexts({ texts: ['pizza'], options: { pooling: pooling as 1 } });
    const expected = 'expected one of POOLING_PROJECTED, POOLING_EOS, POOLING_NONE';
    await expect(asked(1)).rejects.toMatchObject({
      message: expect.stringContaining(`options.pooling is POOLING_MEAN; ${expected}`) as string,
      details: { reason: 'POOLING_UNSUPPORTED', violations: [{ field: 'options.pooling' }] },
    });
    await expect(asked(99)).rejects.toThrow(`options.pooling is 99; ${expected}`);
    await expect(
      test.client.encodeTexts({ texts: ['pizza'], options: { encoding: 77 as 1 } }),
    ).rejects.toThrow(/options.encoding is 77; expected one of EMBEDDING_ENCODING_RAW_FLOAT32, /);
  });

  it('rejects what is too long where it was asked to, and what is far too long always', async () => {
    const texts = ['pizza', 'volcano '.repeat(60), 'x'.repeat(40_000)];
    const { results } = await test.client.encodeTexts({ texts, rejectTooLong: true });
    expect(results.map(({ error }) => error && [error.reason, error.field])).toEqual([
      undefined,
      ['TEXT_TOO_LONG', 'texts[1]'],
      ['TEXT_TOO_LARGE', 'texts[2]'],
    ]);
  });

  it('refuses a text that is not UTF-8 in its place', async () => {
    const text = (bytes: Buffer) => Buffer.concat([Buffer.of(0x12, bytes.length), bytes]);
    const request = Buffer.concat([
      text(Buffer.from('pizza')),
      text(Buffer.of(0x70, 0xff, 0xfe)),
      text(Buffer.from('ok')),
    ]);
    const client = new Client(test.server.address, credentials.createInsecure());
    const answer = await new Promise<Buffer>((resolve, reject) => {
      const pass = (bytes: Buffer) => bytes;
      client.makeUnaryRequest('/triptych.v1.TextEncoder/Encode', pass, pass, request, (error, value) =>
        error ? reject(error) : resolve(value as Buffer),
      );
    });
    client.close();
    expect(answer.toString('latin1')).toMatch(/TEXT_NOT_UTF8/);
    expect(answer.toString('latin1')).toMatch(/texts\[1\]/);
    expect(answer.toString('latin1')).not.toMatch(/texts\[2\]/);
  });
});
