import { TriptychError } from '@triptych/core';

const BACKSLASH = 0x5c;
/** Of `\u002b`. */
const LONGEST_ESCAPE = 6;

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

  /**
   * A part of it that begins at byte `from`, read, and where that ends: after `most` bytes, or before an escape that these would cut in two. Beyond
   * ASCII its characters stand for bytes of UTF-8. Throws MESSAGE_MALFORMED where an escape is none.
   */
  part(from: number, most: number): { readonly text: string; readonly end: number } {
    const end = this.#endOfPart(from, from + most);
    const bytes = this.bytes.subarray(from, end);
    const text = bytes.toString('latin1');
    if (!this.isEscaped) return { text, end };
    // Many encoders of JSON escape the slash and nothing else.
    if (!/\\[^/]/.test(text)) return { text: text.replaceAll('\\', ''), end };
    return { text: Buffer.from(unquote(bytes, true)).toString('latin1'), end };
  }

  #endOfPart(from: number, end: number): number {
    if (end >= this.bytes.length) return this.bytes.length;
    for (let after = end; this.isEscaped && after > end - LONGEST_ESCAPE + 1; after--)
      if (isEscapedAt(this.bytes, from, after)) return after - 1;
    return end;
  }
}

/** Whether a byte is escaped: behind an odd number of backslashes. */
export function isEscapedAt(bytes: Buffer, start: number, at: number): boolean {
  let first = at;
  while (first > start && bytes[first - 1] === BACKSLASH) first--;
  return (at - first) % 2 === 1;
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
