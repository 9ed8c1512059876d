import assert from 'node:assert/strict';
import { families, familyOf, openModel, towersOf } from '@triptych/model-families';

const { directory, model } = await openModel('data/clip');
assert.equal(familyOf({ architectures: [directory.metadata.architecture] }, families).name, 'clip');
assert.deepEqual(
  towersOf(model)
    .map(({ modality }) => modality)
    .sort(),
  ['image', 'text'],
);
