import { type JsonObject, messageOf, parseFile, TriptychError } from '@triptych/core';
import { addedTokens } from './added-tokens.js';
import { type BpeFiles, bpeTokenizer } from './bpe-files.js';
import { cleaner, type Cleaning } from './cleaning.js';
import { type Frame, readFrame } from './frame.js';
import { compileNormalizer, type Normalize } from './normalizers.js';
import { compilePreTokenizer, type PreTokenize } from './pre-tokenizers.js';
import { sentencepieceSteps } from './sentencepiece.js';
import { compileModel } from './token-model.js';
import { checkTokenizerConfig } from './tokenizer-config.js';

/**
 * How texts become token ids. Its files have up to a quarter of a million entries: they are parsed where texts are tokenized, and nowhere
 * else.
 */
export interface TokenizerRecipe {
  /** Contents of a `tokenizer.json`, or of the files that one stands for. */
  readonly json: string | BpeFiles;
  /** Contents of a `tokenizer_config.json`, which may not contradict it. Default: an empty object. */
  readonly config?: string | undefined;
  /** How many tokens its post-processor puts before and after a text; they stay where a text is cut. `none`: it is left out. */
  readonly frame: FrameSize | 'none';
  /** Rows of the encoder's table of tokens: every id of the tokenizer must be below. Default: any id will do. */
  readonly vocabulary?: number | undefined;
  /** What the model's family does to a text before the tokenizer's own normalisation, in this order. Default: nothing. */
  readonly cleaning?: readonly Cleaning[] | undefined;
  /** What takes the steps of `tokenizer.json` in the reference. Default: HuggingFace's tokenizers. */
  readonly runtime?: 'sentencepiece' | undefined;
  /** What a text is filled up with to a length. Default: texts keep their lengths. */
  readonly padding?: Padding | undefined;
  /** Whether tokens become words again. Of byte-level BPE and WordPiece models. Default: no. */
  readonly hasWords?: boolean | undefined;
}

/** How many tokens stand around a text. */
export interface FrameSize {
  readonly before: number;
  readonly after: number;
  /** Nothing is put behind a text that ends with the first of those tokens. Default: false. */
  readonly endsOnce?: boolean | undefined;
}

/** Filling up a text to so many tokens, at its left or its right end. */
export interface Padding {
  readonly length: number;
  readonly token: string;
  readonly side: 'left' | 'right';
}

export interface Tokens {
  /** Those around the text included, at most the context. */
  readonly ids: readonly number[];
  /** How many there were before cutting. */
  readonly untruncated: number;
}

/** Turns a text into token ids as the reference tokenizer does, cut to `context` tokens with those around it kept. */
export type Tokenize = (text: string, context: number) => Tokens;

/**
 * Makes a checkpoint's tokenizer: added tokens, normalizer, pre-tokenizer, model and post-processor, as HuggingFace's tokenizers
 * runs them. Its `truncation` and `padding` do not count. Throws WEIGHTS_CORRUPT for texts that are no JSON, MODEL_CONFIG for
 * those that are no tokenizer, or one with steps that are not known, or with ids that the encoder has no row for.
 */
export function openTokenizer(recipe: TokenizerRecipe): Tokenize {
  return makeTokenizer(readTokenizer(recipe), recipe);
}

/** What a recipe's `tokenizer.json` says, its post-processor left out where it does not count. Throws WEIGHTS_CORRUPT for texts that are no JSON. */
export function readTokenizer({ json, frame }: TokenizerRecipe): JsonObject {
  const read =
    typeof json === 'string' ? (parseFile(json, 'tokenizer.json') as JsonObject) : bpeTokenizer(json);
  return frame === 'none' ? { ...read, post_processor: null } : read;
}

/** As {@link openTokenizer}, of what was read already. */
export function makeTokenizer(json: JsonObject, recipe: Omit<TokenizerRecipe, 'json'>): Tokenize {
  const { ids, frame, idOf } = compile(json, recipe);
  const { before, after } = frame;
  const expected: FrameSize = recipe.frame === 'none' ? { before: 0, after: 0 } : recipe.frame;
  if (before.length !== expected.before || after.length !== expected.after)
    throw new TriptychError(
      'MODEL_CONFIG',
      `tokenizer.json puts ${before.length + after.length} tokens around a text; ` +
        `expected ${expected.before} before and ${expected.after} after it`,
    );
  checkTokenizerConfig(parseFile(recipe.config ?? '{}', 'tokenizer_config.json') as JsonObject, json);
  checkIds(json, frame, recipe.vocabulary);
  const { padding } = recipe;
  const fill = padding && filler(padding, idOf(padding.token));
  const endOf = (inner: readonly number[]) =>
    expected.endsOnce === true && inner.at(-1) === after[0] ? [] : after;
  return (text, context) => {
    const inner = ids(text);
    const kept = inner.slice(0, Math.max(0, context - before.length - after.length));
    const cut = [...before, ...kept, ...endOf(kept)];
    return { ids: fill ? fill(cut) : cut, untruncated: before.length + inner.length + endOf(inner).length };
  };
}

/** Throws MODEL_CONFIG for an id that the encoder has no row for: one text with it would fail all that share its batch. */
function checkIds(json: JsonObject, { before, after }: Frame, vocabulary = Infinity): void {
  const { vocab, unk_id: unknown } = json['model'] as JsonObject;
  const added = (json['added_tokens'] ?? []) as readonly { readonly id: number }[];
  const found = {
    'model.vocab': Array.isArray(vocab) ? [vocab.length - 1] : Object.values(vocab as JsonObject).map(Number),
    'model.unk_id': typeof unknown === 'number' ? [unknown] : [],
    added_tokens: added.map(({ id }) => id),
    post_processor: [...before, ...after],
  };
  const problems = Object.entries(found).flatMap(([key, ids]) => {
    const largest = ids.reduce((most, id) => Math.max(most, id), 0);
    return largest < vocabulary ? [] : [`${key} has id ${largest}`];
  });
  if (problems.length > 0)
    throw new TriptychError(
      'MODEL_CONFIG',
      `tokenizer.json: ${problems.join('; ')}; the encoder takes ids below ${vocabulary}, the vocab_size of config.json`,
    );
}

/** Throws MODEL_CONFIG for a token that the tokenizer does not have. */
function filler({ length, token, side }: Padding, id: number | undefined): (ids: number[]) => number[] {
  if (id === undefined)
    throw new TriptychError(
      'MODEL_CONFIG',
      `tokenizer.json has no token ${JSON.stringify(token)} to pad with`,
    );
  return (ids) => {
    const padding = Array<number>(Math.max(0, length - ids.length)).fill(id);
    return side === 'left' ? [...padding, ...ids] : [...ids, ...padding];
  };
}

/** As HuggingFace's tokenizers take them. */
function stepsOf(json: JsonObject): { readonly normalize: Normalize; readonly words: PreTokenize } {
  return {
    normalize: compileNormalizer(json['normalizer'] as JsonObject | null),
    words: compilePreTokenizer(json['pre_tokenizer'] as JsonObject | null),
  };
}

function compile(
  json: JsonObject,
  { cleaning = [], runtime }: Pick<TokenizerRecipe, 'cleaning' | 'runtime'>,
): {
  readonly ids: (text: string) => number[];
  readonly frame: Frame;
  readonly idOf: (token: string) => number | undefined;
} {
  try {
    const { normalize: own, words } = runtime === 'sentencepiece' ? sentencepieceSteps(json) : stepsOf(json);
    const clean = cleaner(cleaning, json['normalizer'] as JsonObject | null);
    const normalize: Normalize = (text) => own(clean(text));
    const sections = addedTokens(json, normalize);
    const model = compileModel(json['model'] as JsonObject);
    const ids = (text: string) =>
      sections(text).flatMap((section) =>
        section.text === undefined ? section.id : words(section.text, section.isFirst).flatMap(model),
      );
    const idOf = (token: string) => {
      const [section, ...more] = sections(token);
      return more.length === 0 ? section?.id : undefined;
    };
    return { ids, frame: readFrame(json['post_processor'] as JsonObject | null), idOf };
  } catch (cause) {
    throw new TriptychError(
      'MODEL_CONFIG',
      `tokenizer.json does not describe a tokenizer that is served: ${messageOf(cause)}`,
      { cause },
    );
  }
}
