import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ImagePreprocessor, readImageRecipe, TextPreprocessor } from '@triptych/preprocessing';

const tokenizer = {
  json: await readFile('data/clip/tokenizer.json', 'utf8'),
  frame: { before: 1, after: 1 },
};
const text = await TextPreprocessor.start({ name: 'clip', tokenizer, timeoutMs: 5000 });
assert.ok((await text.tokenize('a pizza', 77)).ids.length > 3);
await text.close();

const image = await ImagePreprocessor.start({ workers: 1, decodeTimeoutMs: 5000, maxPixels: 1e7 });
const source = { kind: 'encoded', data: await readFile('data/pizza.png') };
const { pixels } = await image.prepare(source, readImageRecipe({}, 32));
assert.equal(pixels.byteLength, 32 * 32 * 3);
await image.close();
