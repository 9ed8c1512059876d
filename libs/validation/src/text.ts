import { TriptychError } from '@triptych/core';

/** Longest text that is looked at, in bytes of UTF-8: far more than any context holds. */
export const MAX_TEXT_BYTES = 32 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text, of itself or of its bytes in UTF-8. Throws TEXT_NOT_UTF8 or TEXT_TOO_LARGE. */
export function checkText(text: string | Uint8Array): string {
  const bytes = textBytes(text);
  if (bytes > MAX_TEXT_BYTES) {
    throw new TriptychError(
      'TEXT_TOO_LARGE',
      `the text has ${bytes} bytes; expected at most ${MAX_TEXT_BYTES}`,
    );
  }
  if (typeof text !== 'string') {
    try {
      return utf8.decode(text);
    } catch (cause) {
      throw new TriptychError('TEXT_NOT_UTF8', 'the text is not valid UTF-8', { cause });
    }
  }
  if (text.isWellFormed()) return text;
  throw new TriptychError(
    'TEXT_NOT_UTF8',
    'the text has half of a surrogate pair, which UTF-8 has no bytes for',
  );
}

/** What a model has to be put before texts. */
export interface PromptOffer {
  /** By name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** What is put there where none is named. */
  readonly defaultPrompt: string;
}

/** What is put before texts for which this prompt was named: the model's default without a name, nothing for an empty one. Throws PROMPT_UNKNOWN. */
export function checkPrompt(name: string | undefined, { prompts, defaultPrompt }: PromptOffer): string {
  if (name === undefined) return defaultPrompt;
  if (Object.hasOwn(prompts, name)) return prompts[name];
  if (name === '') return '';
  const known = Object.keys(prompts);
  const expected =
    known.length === 0
      ? 'it has none, so leave prompt_name out'
      : `expected one of ${known.map((one) => JSON.stringify(one)).join(', ')}`;
  throw new TriptychError(
    'PROMPT_UNKNOWN',
    `the model has no prompt ${JSON.stringify(name.slice(0, SHOWN))}; ${expected}`,
    { field: 'prompt_name' },
  );
}

/** Characters of a name that a message repeats. */
const SHOWN = 60;

/** Bytes of a text in UTF-8. */
export function textBytes(text: string | Uint8Array): number {
  return typeof text === 'string' ? Buffer.byteLength(text) : text.length;
}

/** Throws TEXT_TOO_LONG. */
export function checkTextLength(tokens: number, maxTokens: number): void {
  if (tokens <= maxTokens) return;
  throw new TriptychError(
    'TEXT_TOO_LONG',
    `the text has ${tokens} tokens, start and end included; expected at most ${maxTokens}`,
  );
}
