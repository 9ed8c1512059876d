import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { clipVisionTower } from '@triptych/vision-encoder';

const { config } = JSON.parse(await readFile('data/clip/metadata.json', 'utf8'));
const tower = clipVisionTower(config);
assert.equal(tower.dimensions('projected'), config.projection_dim);
assert.ok(tower.graph().weights.size > 10);
