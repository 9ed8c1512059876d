import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createEngine } from '@triptych/engine';

const engine = await createEngine({ models: ['data/clip', 'data/whisper'] });
const { results } = await engine.encodeTexts({ texts: ['a pizza'] });
assert.equal(results[0].error, undefined);
const { rankings } = await engine.rank({
  queries: [{ text: 'a pizza' }],
  candidates: [{ image: { encoded: await readFile('data/pizza.png') } }, { text: 'a volcano' }],
});
assert.equal(rankings[0].items.length, 2);
await engine.close();
