import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { quantizeModel } from '@triptych/quantizer';

const audio = (await readdir('data/speech')).slice(0, 3).map((name) => `data/speech/${name}`);
const inputs = { audio, images: [], texts: [] };
const report = await quantizeModel({ source: 'data/whisper', target: 'int8', inputs, converterVersion: '1' });
assert.ok(report);
assert.ok((await readdir('int8')).includes('weights.parquet'));
