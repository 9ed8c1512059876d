import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { clipTextTower } from '@triptych/text-encoder';

const { config } = JSON.parse(await readFile('data/clip/metadata.json', 'utf8'));
const tower = clipTextTower(config);
assert.equal(tower.dimensions('projected'), config.projection_dim);
assert.ok(tower.graph().weights.size > 10);
