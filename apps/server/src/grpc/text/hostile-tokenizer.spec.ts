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

/** A model whose tokenizer backtracks over 2 ** 40 ways of a text of 41 characters. */
async function hostileModel(): Promise<string> {
  const json = JSON.parse(await readFile(join(demoClip, 'tokenizer.json'), 'utf8')) as object;
  const tokenizer = JSON.stringify({
    ...json,
    pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+!' }, behavior: 'Removed', invert: true },
  });
  const source = join(work, 'hf');
  await writeSyntheticCheckpoint(source, clipJson(smallClip), { 'tokenizer.json': tokenizer });
  const target = join(work, 'hostile');
  await convertCheckpoint({ source, target, dtype: 'float32', modelName: 'hostile', converterVersion: '1' });
  return target;
}

describe('a model whose tokenizer never ends', () => {
  it('fails the text, delays no other model, and does not keep the server from stopping', async () => {
    const models = [demoClip, await hostileModel()];
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
