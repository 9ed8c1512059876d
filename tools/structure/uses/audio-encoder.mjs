import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { whisperTower } from '@triptych/audio-encoder';

const { config } = JSON.parse(await readFile('data/whisper/metadata.json', 'utf8'));
const tower = whisperTower(config);
assert.equal(tower.dimensions('mean'), config.d_model);
assert.ok(tower.graph().weights.size > 10);
