import { describe, expect, it } from 'vitest';
import { siglipTextTower } from './tower.js';

const config = { text_config: { vocab_size: 300 } };

describe('a SigLIP tokenizer', () => {
  it('has ids of the table of tokens alone, and fills texts up', () => {
    const { tokenizer } = siglipTextTower(config, { 'tokenizer.json': '{}' });
    expect(tokenizer()).toMatchObject({ vocabulary: 300, padding: { length: 64, token: '</s>' } });
  });
});
