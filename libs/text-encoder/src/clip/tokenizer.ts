import { TriptychError } from '@triptych/core';
import type { TokenizerRecipe } from '@triptych/preprocessing';

const START = '<|startoftext|>';
const END = '<|endoftext|>';

/** Words of CLIP's tokenizer (Radford et al. 2021): special tokens, contractions, letters, one digit, anything else. */
const WORDS =
  "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/** What `CLIPTokenizer` makes of a checkpoint that has only `vocab.json` and `merges.txt`. */
const withoutJson = {
  start: START,
  end: END,
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
        { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  },
  model: {
    dropout: null,
    unk_token: END,
    continuing_subword_prefix: '',
    end_of_word_suffix: '</w>',
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
  },
};

/**
 * The tokenizer of a CLIP checkpoint, of its `tokenizer.json` or what that can be made from: a start token, the text, an end token.
 * `vocabulary` is the rows of the tower's table. Throws WEIGHTS_MISSING without either.
 */
export function clipTokenizer(files: Readonly<Record<string, string>>, vocabulary: number): TokenizerRecipe {
  const { 'tokenizer.json': json, 'vocab.json': vocab, 'merges.txt': merges } = files;
  const recipe = { config: files['tokenizer_config.json'], frame: { before: 1, after: 1 }, vocabulary };
  if (json !== undefined) return { json, ...recipe };
  if (vocab !== undefined && merges !== undefined)
    return { json: { vocab, merges, ...withoutJson }, ...recipe };
  throw new TriptychError(
    'WEIGHTS_MISSING',
    'the model has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt',
  );
}
