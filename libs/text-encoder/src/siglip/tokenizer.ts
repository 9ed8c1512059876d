import { type JsonObject, parseJson, TriptychError } from '@triptych/core';
import type { TokenizerRecipe } from '@triptych/preprocessing';
import type { SiglipTextConfig } from './config.js';

/** What `SiglipTokenizer` makes of a text before sentencepiece has it. */
const canonical = ['marks-as-spaces', 'lowercase-in-words', 'no-punctuation', 'single-spaces'] as const;

/** What a class of tokenizers does that no `tokenizer.json` says, and what it fills texts up with unless its configuration says otherwise. */
interface TokenizerClass {
  readonly steps?: Pick<TokenizerRecipe, 'cleaning' | 'runtime'>;
  readonly endsOnce?: boolean;
  readonly pad: string;
  readonly side: 'left' | 'right';
}

const classes: Readonly<Record<string, TokenizerClass>> = {
  SiglipTokenizer: {
    steps: { cleaning: canonical, runtime: 'sentencepiece' },
    endsOnce: true,
    pad: '</s>',
    side: 'right',
  },
  Siglip2Tokenizer: { steps: { cleaning: ['lowercase'] }, pad: '<pad>', side: 'left' },
  GemmaTokenizer: { pad: '<pad>', side: 'left' },
};

/** Those that take `tokenizer.json` as it is. */
const plain: TokenizerClass = { pad: '</s>', side: 'right' };

/**
 * The tokenizer of a SigLIP checkpoint: a token after each text, and padding up to the tower's length. Throws WEIGHTS_MISSING
 * without a `tokenizer.json`, MODEL_CONFIG for a class that is asked to leave capitals.
 */
export function siglipTokenizer(
  files: Readonly<Record<string, string>>,
  { positions: length, vocabulary }: Pick<SiglipTextConfig, 'positions' | 'vocabulary'>,
): TokenizerRecipe {
  const { 'tokenizer.json': json } = files;
  if (json === undefined)
    throw new TriptychError('WEIGHTS_MISSING', 'the model has no tokenizer: expected tokenizer.json');
  const config = parseJson(files['tokenizer_config.json'] ?? '{}') as JsonObject;
  const named = typeof config['tokenizer_class'] === 'string' ? config['tokenizer_class'] : 'SiglipTokenizer';
  const kind = named.replace(/Fast$/, '');
  const { steps, endsOnce, pad, side } = Object.hasOwn(classes, kind) ? classes[kind] : plain;
  if (kind === 'SiglipTokenizer' && config['do_lower_case'] === false)
    throw new TriptychError('MODEL_CONFIG', 'tokenizer_config.json do_lower_case is false; expected true');
  return {
    json,
    config: files['tokenizer_config.json'],
    frame: { before: 0, after: 1, endsOnce },
    vocabulary,
    padding: {
      length,
      token: contentOf(config['pad_token']) ?? pad,
      side: (config['padding_side'] ?? side) === 'left' ? 'left' : 'right',
    },
    ...steps,
  };
}

/** A token is its text, or an object that has it. */
function contentOf(token: unknown): string | undefined {
  const content = typeof token === 'object' && token !== null ? (token as JsonObject)['content'] : token;
  return typeof content === 'string' ? content : undefined;
}
