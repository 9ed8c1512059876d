import assert from 'node:assert/strict';
import { openModel, towersOf } from '@triptych/model-families';

const { family, model } = await openModel('data/clip');
assert.equal(family.name, 'clip');
assert.deepEqual(
  towersOf(model)
    .map(({ modality }) => modality)
    .sort(),
  ['image', 'text'],
);
