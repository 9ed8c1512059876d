import { type JsonObject, parseFile } from '@triptych/core';

/** A BPE tokenizer as checkpoints without a `tokenizer.json` have it: two files, and what its class knows without any. */
export interface BpeFiles {
  /** Contents of `vocab.json`. */
  readonly vocab: string;
  /** Contents of `merges.txt`. */
  readonly merges: string;
  /** The special tokens before and after each text. */
  readonly start: string;
  readonly end: string;
  /** The sections of a `tokenizer.json` that the class stands for. */
  readonly steps: Readonly<Record<'normalizer' | 'pre_tokenizer' | 'decoder', JsonObject>>;
  /** Fields of its `model`, but for the vocabulary and the merges. */
  readonly model: JsonObject;
}

/** The `tokenizer.json` that such files stand for. Throws WEIGHTS_CORRUPT for a vocabulary that is no JSON. */
export function bpeTokenizer({ vocab, merges, start, end, steps, model }: BpeFiles) {
  const vocabulary = parseFile(vocab, 'vocab.json') as JsonObject;
  const special = (content: string) => ({
    id: vocabulary[content],
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const pairs = merges.split('\n').filter((line) => line !== '' && !line.startsWith('#version'));
  return {
    added_tokens: [special(start), special(end)],
    ...steps,
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end, vocabulary[end]],
      cls: [start, vocabulary[start]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    model: { type: 'BPE', ...model, vocab: vocabulary, merges: pairs },
  } satisfies JsonObject;
}
