import { type JsonObject, TriptychError } from '@triptych/core';
import { Tokenizer } from '@huggingface/tokenizers';

/** How texts become token ids. */
export interface TokenizerRecipe {
  /** Contents of a `tokenizer.json`. */
  readonly json: string;
  /** Contents of a `tokenizer_config.json`. Default: an empty object. */
  readonly config?: string | undefined;
  /** How many tokens its post-processor puts before and after a text; they stay where a text is cut. */
  readonly frame: { readonly before: number; readonly after: number };
}

export interface Tokens {
  /** Those around the text included, at most the context. */
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

/** Turns a text into token ids as the reference tokenizer does, cut to `context` tokens with those around it kept. */
export type Tokenize = (text: string, context: number) => Tokens;

/** Makes a checkpoint's tokenizer. Throws WEIGHTS_CORRUPT for texts that are no JSON, MODEL_CONFIG for those that are no tokenizer. */
export function openTokenizer(recipe: TokenizerRecipe): Tokenize {
  const json = parse(recipe.json, 'tokenizer.json');
  const tokenizer = makeTokenizer(json, recipe);
  const special = new Map(
    [...tokenizer.get_added_tokens_decoder()].map(([id, { content }]) => [content, id]),
  );
  const atSpecial = new RegExp(`(${[...special.keys()].map(escaped).join('|')})`);
  const lowersCase = JSON.stringify(json['normalizer'] ?? null).includes('"Lowercase"');
  const { before, after } = recipe.frame;
  const { ids: frame } = tokenizer.encode('');
  const [head, tail] = [frame.slice(0, before), frame.slice(before)];

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
    const room = Math.max(0, context - before - after);
    return { ids: [...head, ...inner.slice(0, room), ...tail], untruncated: before + inner.length + after };
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function makeTokenizer(json: JsonObject, { config = '{}', frame: expected }: TokenizerRecipe): HubTokenizer {
  const settings = parse(config, 'tokenizer_config.json');
  let tokenizer: HubTokenizer;
  let frame: readonly number[];
  try {
    tokenizer = new (Tokenizer as TokenizerClass)(json, settings);
    frame = tokenizer.encode('').ids;
  } catch (cause) {
    throw new TriptychError('MODEL_CONFIG', 'tokenizer.json does not describe a tokenizer', { cause });
  }
  const { before, after } = expected;
  if (frame.length === before + after) return tokenizer;
  throw new TriptychError(
    'MODEL_CONFIG',
    `tokenizer.json puts ${frame.length} tokens around a text; expected ${before} before and ${after} after it`,
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
