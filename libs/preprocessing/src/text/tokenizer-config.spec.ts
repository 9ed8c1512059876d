import type { JsonObject } from '@triptych/core';
import { describe, expect, it } from 'vitest';
import { smallTokenizer } from './testing/small-tokenizer.js';
import { openTokenizer } from './tokenizer.js';

const small = smallTokenizer({ a: 0, '<|startoftext|>': 1, '<|endoftext|>': 2 }, []);
const frame = { before: 1, after: 1 };
const bert = (changes: object = {}) => ({
  ...small,
  normalizer: { type: 'BertNormalizer', lowercase: true, strip_accents: null, ...changes },
});
const roberta = (prefixes: boolean) => ({
  ...small,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: prefixes, use_regex: true },
});
const left = { ...small, truncation: { direction: 'Left', max_length: 8 } };
const opened = (json: object, config: JsonObject) => () =>
  openTokenizer({ json: JSON.stringify(json), config: JSON.stringify(config), frame });

describe('tokenizer_config.json', () => {
  it.each<[JsonObject, object]>([
    [{}, bert()],
    [{ do_lower_case: true, strip_accents: null, tokenizer_class: 'BertTokenizer' }, bert()],
    [{ do_lower_case: false, tokenizer_class: 'BertTokenizerFast' }, bert({ lowercase: false })],
    [{ strip_accents: true, tokenizer_class: 'MPNetTokenizer' }, bert()],
    // A class that takes tokenizer.json as it is.
    [{ do_lower_case: true, tokenizer_class: 'PreTrainedTokenizerFast' }, bert({ lowercase: false })],
    [{ do_lower_case: true, tokenizer_class: 'CLIPTokenizer', add_prefix_space: false }, small],
    [{ tokenizer_class: 'RobertaTokenizer' }, roberta(false)],
    [{ tokenizer_class: 'RobertaTokenizer', add_prefix_space: true }, roberta(true)],
    [{ truncation_side: 'right' }, left],
  ])('%j may agree with tokenizer.json', (config, json) => {
    expect(opened(json, config)).not.toThrow();
  });

  it.each<[JsonObject, object, RegExp]>([
    [{}, bert({ lowercase: false }), /tokenizer_config.json do_lower_case is true; expected false/],
    [
      { do_lower_case: false, strip_accents: false, tokenize_chinese_chars: false },
      bert(),
      /do_lower_case is false; expected true.*strip_accents is false.*tokenize_chinese_chars is false/,
    ],
    [{ tokenizer_class: 'MPNetTokenizerFast', strip_accents: false }, bert(), /strip_accents is false/],
    [{ tokenizer_class: 'RobertaTokenizer' }, roberta(true), /add_prefix_space is false; expected true/],
    [{ truncation_side: 'left' }, small, /truncation_side must be right, found "left"/],
    [{}, left, /truncation_side must be right, found "Left"/],
  ])('%j is refused by name where it does not', (config, json, message) => {
    expect(opened(json, config)).toThrow(message);
    expect(opened(json, config)).toThrow(expect.objectContaining({ reason: 'MODEL_CONFIG' }));
  });
});
