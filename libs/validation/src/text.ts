import { TriptychError } from '@triptych/core';

/** Longest text that is looked at, in bytes of UTF-8: far more than any context holds. */
export const MAX_TEXT_BYTES = 32 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text from the bytes of its message. Throws TEXT_NOT_UTF8 or TEXT_TOO_LARGE. */
export function checkText(bytes: Uint8Array): string {
  if (bytes.length > MAX_TEXT_BYTES) {
    throw new TriptychError(
      'TEXT_TOO_LARGE',
      `the text has ${bytes.length} bytes; expected at most ${MAX_TEXT_BYTES}`,
    );
  }
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new TriptychError('TEXT_NOT_UTF8', 'the text is not valid UTF-8', { cause });
  }
}

/** Throws TEXT_TOO_LONG. */
export function checkTextLength(tokens: number, maxTokens: number): void {
  if (tokens <= maxTokens) return;
  throw new TriptychError(
    'TEXT_TOO_LONG',
    `the text has ${tokens} tokens, start and end included; expected at most ${maxTokens}`,
  );
}
