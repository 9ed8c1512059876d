/** A `tokenizer.json` of byte pairs, with a token before and after each text and `</w>` at the end of each word. */
export function smallTokenizer(vocabulary: Readonly<Record<string, number>>, merges: readonly string[]) {
  const [start, end] = ['<|startoftext|>', '<|endoftext|>'];
  const special = (content: string) => ({
    id: vocabulary[content],
    content,
    normalized: false,
    special: true,
  });
  return {
    added_tokens: [special(start), special(end)],
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
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end, vocabulary[end]],
      cls: [start, vocabulary[start]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: 'BPE', unk_token: end, end_of_word_suffix: '</w>', vocab: vocabulary, merges },
  };
}
