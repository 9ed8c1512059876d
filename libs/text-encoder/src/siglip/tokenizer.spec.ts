import { describe, expect, it } from 'vitest';
import { siglipTextTower } from './tower.js';

const json = { text_config: { vocab_size: 300 } };

describe('a SigLIP tokenizer', () => {
  it('has ids of the table of tokens alone, and fills texts up', () => {
    const { tokenizer } = siglipTextTower(json, { 'tokenizer.json': '{}' });
    expect(tokenizer()).toMatchObject({ vocabulary: 300, padding: { length: 64, token: '</s>' } });
  });

  it('is what its class says: which steps, which token fills texts up, and at which side', () => {
    const recipe = (config: object) =>
      siglipTextTower(json, {
        'tokenizer.json': '{}',
        'tokenizer_config.json': JSON.stringify(config),
      }).tokenizer();
    const sentencepiece = {
      cleaning: ['marks-as-spaces', 'lowercase-in-words', 'no-punctuation', 'single-spaces'],
      runtime: 'sentencepiece',
      padding: { side: 'right' },
    };
    for (const config of [
      {},
      { tokenizer_class: 'SiglipTokenizer' },
      { tokenizer_class: 'SiglipTokenizerFast' },
    ])
      expect(recipe(config)).toMatchObject(sentencepiece);
    const gemma = recipe({ tokenizer_class: 'GemmaTokenizerFast' });
    expect(gemma).toMatchObject({ padding: { token: '<pad>', side: 'left' } });
    expect(gemma.cleaning).toBeUndefined();
    expect(recipe({ tokenizer_class: 'Siglip2Tokenizer', padding_side: 'right' })).toMatchObject({
      cleaning: ['lowercase'],
      padding: { side: 'right' },
    });
    for (const tokenizer_class of ['TokenizersBackend', 'toString'])
      expect(recipe({ tokenizer_class })).toMatchObject({ padding: { token: '</s>', side: 'right' } });
    expect(() => recipe({ do_lower_case: false })).toThrow(/do_lower_case is false; expected true/);
  });
});
