import { TriptychError } from '@triptych/core';
import { JsonText } from '../json/json-text.js';

/** Bytes of a body that are decoded before others have the event loop. */
const STEP = 256 * 1024;

/**
 * The bytes that a text in base64 stands for, beginning with its character `start`, which is among the first step's. Read in steps: what is
 * decoded at once would keep the event loop from others. Throws MESSAGE_MALFORMED.
 */
export async function decodeBase64(
  text: string | JsonText,
  start: number,
  pause: () => Promise<void>,
): Promise<Buffer> {
  const source = text instanceof JsonText ? text : new JsonText(Buffer.from(text), false);
  const { length } = source.bytes;
  const bytes = Buffer.allocUnsafe(Math.ceil(((length - start) * 3) / 4) + 3);
  let written = 0;
  let characters = 0;
  /** Of a group of four whose others come with the next step. */
  let rest = '';
  for (let at = 0; at < length;) {
    const step = source.part(at, STEP);
    const letters = rest + (at === 0 ? step.text.slice(start) : step.text);
    at = step.end;
    const isLast = at === length;
    const whole = isLast ? letters.length : letters.length - (letters.length % 4);
    written += bytes.write(letters.slice(0, whole), written, 'base64');
    characters += isLast ? letters.replace(/={1,2}$/, '').length : whole;
    rest = letters.slice(whole);
    await pause();
  }
  // The decoder skips what is no base64, and stops at padding: then there are less.
  if (written !== Math.floor((characters * 3) / 4) || characters % 4 === 1) {
    throw new TriptychError(
      'MESSAGE_MALFORMED',
      'this is not base64; expected letters, digits, + and / in groups of four, without spaces',
    );
  }
  return bytes.subarray(0, written);
}
