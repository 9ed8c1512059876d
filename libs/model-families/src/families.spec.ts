import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { families } from './families.js';
import { finderOf } from './find-family.js';

const namesOf = ({ name, classes, modelTypes }: (typeof families)[number]) => [
  name,
  ...classes,
  ...modelTypes,
];

describe('the table of families', () => {
  it('has each name once', () => {
    const names = families.flatMap((family) => [...new Set(namesOf(family))]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('finds a family by each of its names, the first field that is there deciding', () => {
    const find = finderOf(families);
    for (const family of families) {
      for (const name of namesOf(family)) {
        expect(find({ architectures: [name], model_type: undefined }, 'config.json')).toBe(family);
        expect(find({ architectures: undefined, model_type: name }, 'config.json')).toBe(family);
        expect(find({ architectures: [], model_type: name }, 'config.json')).toBe(family);
        expect(find({ architectures: ['Other', name], model_type: 'other' }, 'config.json')).toBe(family);
      }
    }
  });

  it.each([
    ['BertForSequenceClassification', 'bert'],
    ['HF_ColBERT', 'bert'],
    ['CLIPForImageClassification', 'clip'],
  ])('does not take %s for the base model of its type', (name, model_type) => {
    const attempt = () => finderOf(families)({ architectures: [name], model_type }, 'config.json');
    expect(attempt).toThrow(expect.objectContaining({ reason: 'ARCHITECTURE_UNKNOWN' }));
    expect(attempt).toThrow(name);
  });

  it('says of a model that is in none what was looked at, and what there is', () => {
    const attempt = () => finderOf(families)({ architectures: undefined, model_type: 'gpt2' }, 'config.json');
    expect(attempt).toThrow(/config.json: .*\(architectures not there, model_type "gpt2"\).*whisper-encoder/);
    expect(attempt).toThrow(expect.objectContaining({ reason: 'ARCHITECTURE_UNKNOWN' }));
  });

  it('is what docs/adding-a-model.md says each family takes', () => {
    const script = fileURLToPath(new URL('../../../tools/setup/family-places.mjs', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
