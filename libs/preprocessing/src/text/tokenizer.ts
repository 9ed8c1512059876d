import { type JsonObject, TriptychError } from '@triptych/core';
import { Tokenizer } from '@huggingface/tokenizers';
import { clipTokenizerJson } from './clip-tokenizer-json.js';

/** A checkpoint's tokenizer files by name: `tokenizer.json`, or what it can be made from. */
export type TokenizerSource = Readonly<Record<string, string | undefined>>;

export interface Tokens {
  /** Start and end included, at most the context. */
  readonly ids: readonly number[];
  /** How many there were before cutting. */
  readonly untruncated: number;
}

/** The members of the library's tokenizer that are used here: its own types do not resolve in Node. */
interface HubTokenizer {
  encode(text: string): { readonly ids: readonly number[] };
  token_to_id(token: string): number | undefined;
  get_added_tokens_decoder(): Map<number, { readonly content: string }>;
  readonly normalizer: ((text: string) => string) | null;
  readonly pre_tokenizer: ((text: string) => string[]) | null;
  readonly model: (words: readonly string[]) => string[];
}

type TokenizerClass = new (json: JsonObject, config: JsonObject) => HubTokenizer;

/** Turns a text into token ids as the reference tokenizer does, cut to `context` tokens with the end kept. */
export type Tokenize = (text: string, context: number) => Tokens;

/**
 * Makes a checkpoint's tokenizer, after HuggingFace's `CLIPTokenizer`. Throws WEIGHTS_MISSING without files,
 * MODEL_CONFIG for files that are none of a tokenizer.
 */
export function openTokenizer(files: TokenizerSource): Tokenize {
  const { json, config } = readFiles(files);
  const tokenizer = makeTokenizer(json, config);
  const special = new Map(
    [...tokenizer.get_added_tokens_decoder()].map(([id, { content }]) => [content, id]),
  );
  const atSpecial = new RegExp(`(${[...special.keys()].map(escaped).join('|')})`);
  const lowersCase = JSON.stringify(json['normalizer'] ?? null).includes('"Lowercase"');
  const { ids: frame } = tokenizer.encode('');

  const plainIds = (text: string): number[] => {
    // Rust lowers letter by letter; JavaScript would make a final sigma of the last one of a word.
    const lowerable = lowersCase ? text.replaceAll('Σ', 'σ') : text;
    const normalized = tokenizer.normalizer?.(lowerable) ?? lowerable;
    const words = tokenizer.pre_tokenizer?.(normalized) ?? [normalized];
    return tokenizer.model(words).map((token) => idOf(tokenizer, token));
  };
  // The library also takes for special what only looks so once it is lowered: special tokens are found here.
  const ids = (text: string): number[] =>
    (special.size > 0 ? text.split(atSpecial) : [text])
      .filter((section) => section !== '')
      .flatMap((section) => special.get(section) ?? plainIds(section));
  return (text, context) => {
    const inner = ids(text);
    const [start, end] = frame;
    return { ids: [start, ...inner.slice(0, context - 2), end], untruncated: inner.length + 2 };
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function readFiles(files: TokenizerSource): { json: JsonObject; config: JsonObject } {
  const config = parse(files['tokenizer_config.json'] ?? '{}', 'tokenizer_config.json');
  if (files['tokenizer.json'] !== undefined)
    return { json: parse(files['tokenizer.json'], 'tokenizer.json'), config };
  const { 'vocab.json': vocabulary, 'merges.txt': merges } = files;
  if (vocabulary === undefined || merges === undefined) {
    throw new TriptychError(
      'WEIGHTS_MISSING',
      'the model has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt',
    );
  }
  return { json: clipTokenizerJson(parse(vocabulary, 'vocab.json'), merges), config };
}

function makeTokenizer(json: JsonObject, config: JsonObject): HubTokenizer {
  let tokenizer: HubTokenizer;
  let frame: readonly number[];
  try {
    tokenizer = new (Tokenizer as TokenizerClass)(json, config);
    frame = tokenizer.encode('').ids;
  } catch (cause) {
    throw new TriptychError('MODEL_CONFIG', 'tokenizer.json does not describe a tokenizer', { cause });
  }
  if (frame.length === 2) return tokenizer;
  throw new TriptychError(
    'MODEL_CONFIG',
    `tokenizer.json puts ${frame.length} tokens around a text; expected 2, its start and its end`,
  );
}

function idOf(tokenizer: HubTokenizer, token: string): number {
  const id = tokenizer.token_to_id(token);
  if (id !== undefined) return id;
  throw new TriptychError(
    'MODEL_CONFIG',
    `the tokenizer makes a token that its vocabulary lacks: ${JSON.stringify(token)}`,
  );
}

function parse(text: string, name: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch (cause) {
    throw new TriptychError('WEIGHTS_CORRUPT', `${name}: not valid JSON`, { cause });
  }
}
