import { convertCheckpoint } from '@triptych/model-families';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipJson, smallClip, writeSyntheticCheckpoint } from '@triptych/reference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, serveDemo } from '../../testing/harness.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-hostile-'));
});
afterAll(() => rm(work, { recursive: true }));

/** A model whose tokenizer has steps of its own. */
async function hostileModel(name: string, change: object): Promise<string> {
  const json = JSON.parse(await readFile(join(demoClip, 'tokenizer.json'), 'utf8')) as object;
  const tokenizer = JSON.stringify({ ...json, ...change });
  const source = join(work, `${name}-hf`);
  await writeSyntheticCheckpoint(source, clipJson(smallClip), { 'tokenizer.json': tokenizer });
  const target = join(work, name);
  await convertCheckpoint({ source, target, dtype: 'float32', modelName: name, converterVersion: '1' });
  return target;
}

/** It tries 2 ** 40 ways of a text of 41 characters. */
const backtracking = {
  pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+!' }, behavior: 'Removed', invert: true },
};

/** It makes 200 MB of a text of 400 characters, and then as much again. */
const swelling = {
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Replace', pattern: { Regex: '!' }, content: 'İ'.repeat(500_000) },
      { type: 'Lowercase' },
    ],
  },
};

describe('a model whose tokenizer never ends', () => {
  it('fails the text, delays no other model, and does not keep the server from stopping', async () => {
    const models = [demoClip, await hostileModel('hostile', backtracking)];
    const { client, server } = await serveDemo({ models, tokenizeTimeoutMs: 5000, drainMs: 0 });
    const trap = `${'a'.repeat(40)} `;
    const bad = client.encodeTexts({ model: 'hostile', texts: [trap, 'b'] });
    let isOver = false;
    void bad.finally(() => (isOver = true));
    for (let i = 0; i < 5; i++) await client.encodeTexts({ texts: ['pizza'] });
    expect(isOver).toBe(false);
    const { results } = await bad;
    expect(results.map(({ error }) => error?.reason)).toEqual(['TEXT_TOKENIZE_TIMEOUT', undefined]);
    const held = client.encodeTexts({ model: 'hostile', texts: [trap] }).catch(() => undefined);
    await client.encodeTexts({ texts: ['pizza'] });
    const since = performance.now();
    await server.drain();
    expect(performance.now() - since).toBeLessThan(6000);
    await held;
    client.close();
  });
});

describe('a model whose tokenizer takes all memory', () => {
  it('fails the text by name, while other texts and other models go on', async () => {
    const models = [demoClip, await hostileModel('swelling', swelling)];
    const test = await serveDemo({ models, tokenizeTimeoutMs: 60_000 });
    const { client } = test;
    const bad = client.encodeTexts({ model: 'swelling', texts: ['pizza', '!'.repeat(400), 'volcano'] });
    let isOver = false;
    void bad.finally(() => (isOver = true));
    for (let i = 0; i < 5; i++) {
      const { results } = await client.encodeTexts({ texts: ['pizza'] });
      expect(results[0].embedding).toBeTruthy();
    }
    expect(isOver).toBe(false);
    const { results } = await bad;
    expect(results.map(({ error }) => error && [error.code, error.reason, error.retryable])).toEqual([
      undefined,
      [3, 'TEXT_TOKENIZE_CRASH', false],
      undefined,
    ]);
    await test.close();
  });
});
