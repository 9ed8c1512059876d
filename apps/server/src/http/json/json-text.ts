import { TriptychError } from '@triptych/core';

/**
 * A longer string of a JSON document, left where it is in the body: a text goes on to its tokenizer as the bytes that it came in, and
 * an image in base64 is decoded from them.
 */
export class JsonText {
  constructor(
    /** What stands between its quotes. */
    readonly bytes: Buffer,
    /** Whether it holds escapes. */
    readonly isEscaped: boolean,
  ) {}

  /** Throws MESSAGE_MALFORMED where an escape is none. */
  toString(): string {
    return unquote(this.bytes, this.isEscaped);
  }
}

/** What stands between a string's quotes, read. Throws MESSAGE_MALFORMED. */
export function unquote(bytes: Buffer, isEscaped: boolean): string {
  const text = bytes.toString('utf8');
  if (!isEscaped) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch (cause) {
    throw new TriptychError('MESSAGE_MALFORMED', 'a string of the JSON body holds a wrong escape', { cause });
  }
}
