import { TriptychError } from '@triptych/core';
import type { JsonText } from '../json/json-text.js';
import { decodeBase64 } from './base64.js';

/** What bytes are of that come as text. */
export type Medium = 'image' | 'audio';

/** `data:image/png;base64,`, its slash escaped perhaps, and parameters in between. */
const DATA_URI = /^data:([\w.+-]+\\?\/[\w.+-]+)?((?:;[\w-]+=[\w.+-]+)*)(;base64)?,/i;
/** Longer than any of those, and short enough to be looked at whole. */
const HEAD = 256;
const typesOf: Readonly<Record<Medium, RegExp>> = {
  image: /^image\//i,
  audio: /^(audio\/|application\/ogg$|video\/ogg$)/i,
};

/** The bytes of an image or a clip in a data URI, or in base64 alone. Throws MESSAGE_MALFORMED. */
export function readMedium(
  text: string | JsonText,
  medium: Medium,
  pause: () => Promise<void>,
): Promise<Buffer> {
  const head = typeof text === 'string' ? text.slice(0, HEAD) : text.bytes.toString('latin1', 0, HEAD);
  if (/^https?:/i.test(head))
    throw malformed(`this server fetches nothing; send the ${medium} itself as data:${medium}/…;base64,…`);
  if (!/^data:/i.test(head)) return decodeBase64(text, 0, pause);
  const [start, type = '', , base64] = DATA_URI.exec(head) ?? [];
  if (start === undefined || base64 === undefined)
    throw malformed(`a data URI that cannot be read; expected data:${medium}/…;base64,…`);
  if (typesOf[medium].test(type.replace('\\', ''))) return decodeBase64(text, start.length, pause);
  throw malformed(`the data URI is of ${type === '' ? 'no type' : `type ${type}`}; expected ${medium}/…`);
}

function malformed(message: string): TriptychError {
  return new TriptychError('MESSAGE_MALFORMED', message);
}
