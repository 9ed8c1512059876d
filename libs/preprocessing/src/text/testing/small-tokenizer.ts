import { bpeTokenizer } from '../bpe-files.js';

/** A `tokenizer.json` of byte pairs, with a token before and after each text and `</w>` at the end of each word. */
export function smallTokenizer(vocabulary: Readonly<Record<string, number>>, merges: readonly string[]) {
  const [start, end] = ['<|startoftext|>', '<|endoftext|>'];
  return bpeTokenizer({
    vocab: JSON.stringify(vocabulary),
    merges: merges.join('\n'),
    start,
    end,
    steps: {
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'NFC' },
          { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
          { type: 'Lowercase' },
        ],
      },
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: '[\\p{L}]+|[^\\s\\p{L}]+' }, behavior: 'Removed', invert: true },
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
        ],
      },
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    },
    model: { unk_token: end, end_of_word_suffix: '</w>' },
  });
}
