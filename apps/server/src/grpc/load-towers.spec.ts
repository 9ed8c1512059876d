import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipJson, smallClip, towerJson, writeSyntheticCheckpoint } from '@triptych/reference';
import { convertCheckpoint } from '@triptych/model-families';
import type { WeightCompression } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, picture, serveDemo, vectorOf } from '../testing/harness.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-clip-'));
});
afterAll(() => rm(work, { recursive: true }));

/** A model directory of synthetic weights: equal names, equal weights. */
async function directoryOf(
  name: string,
  config: Record<string, unknown>,
  compression: WeightCompression = 'zstd',
): Promise<string> {
  const tokenizer = await readFile(join(demoClip, 'tokenizer.json'), 'utf8');
  await writeSyntheticCheckpoint(join(work, `${name}-hf`), config, { 'tokenizer.json': tokenizer });
  const target = join(work, name);
  await convertCheckpoint({
    source: join(work, `${name}-hf`),
    target,
    dtype: 'float32',
    compression,
    modelName: name,
    converterVersion: '1',
  });
  return target;
}

describe('a CLIP checkpoint', () => {
  it('of one tower gives the vectors that it gives as part of the whole, and offers no more', async () => {
    // The tokenizer's end is no highest id of this vocabulary, but of every text it makes.
    const models = await Promise.all([
      directoryOf('whole', clipJson(smallClip)),
      directoryOf('vision', towerJson(smallClip, 'vision')),
      directoryOf('text', towerJson(smallClip, 'text')),
    ]);
    const test = await serveDemo({ models });
    const { client } = test;
    const images = [{ encoded: picture('pizza') }];
    const seen = await Promise.all(
      ['whole', 'vision'].map((model) => client.encodeImages({ model, images })),
    );
    expect(vectorOf(seen[1].results[0])).toEqual(vectorOf(seen[0].results[0]));
    const texts = ['a pizza'];
    const read = await Promise.all(['whole', 'text'].map((model) => client.encodeTexts({ model, texts })));
    expect(vectorOf(read[1].results[0])).toEqual(vectorOf(read[0].results[0]));
    // Nobody said that they share a space.
    expect(seen[1].stamp?.space).not.toBe(seen[0].stamp?.space);
    await expect(client.encodeTexts({ model: 'vision', texts })).rejects.toMatchObject({ code: 12 });
    const items = [{ text: 'a' }];
    await expect(client.rank({ model: 'text', queries: items, candidates: items })).rejects.toMatchObject({
      code: 12,
      message: expect.stringContaining('model text is none that compares images and text') as string,
    });
    await test.close();
  });

  it('gives the same vectors from a file that is decoded and from one that is not', async () => {
    const models = await Promise.all([
      directoryOf('packed', clipJson(smallClip)),
      directoryOf('plain', clipJson(smallClip), 'none'),
    ]);
    const test = await serveDemo({ models });
    const { client } = test;
    const [packed, plain] = await Promise.all(
      ['packed', 'plain'].map(async (model) => {
        const image = await client.encodeImages({ model, images: [{ encoded: picture('pizza') }] });
        const text = await client.encodeTexts({ model, texts: ['a pizza'] });
        return [image, text].map(({ results: [result], stamp }) => [vectorOf(result), stamp?.fingerprint]);
      }),
    );
    expect(plain).toEqual(packed);
    await test.close();
  });

  it('is refused where its tokenizer does not end a text as the tower looks for it', async () => {
    const config = clipJson(smallClip);
    const model = await directoryOf('endless', {
      ...config,
      text_config: { ...(config['text_config'] as object), eos_token_id: 7 },
    });
    await expect(serveDemo({ models: [model] })).rejects.toMatchObject({
      reason: 'MODEL_CONFIG',
      message: expect.stringMatching(/endless: .*looks for token 7 at its end/) as string,
    });
  });
});
