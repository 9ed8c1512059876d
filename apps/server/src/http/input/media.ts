import { TriptychError } from '@triptych/core';
import type { JsonText } from '../json/json-text.js';
import { decodeBase64 } from './base64.js';

/** What bytes are of that come as text. */
export type Medium = 'image' | 'audio';

/** What a request's inputs are read by. */
export interface InputReader {
  /** Between two steps: lets others have their turn. */
  readonly pause: () => Promise<void>;
  /** Fetches a file. Throws URL_REFUSED where that may not be. */
  readonly fetch: (url: string, accept: string) => Promise<Buffer>;
}

/** `data:image/png;base64,`, and parameters in between. */
const DATA_URI = /^data:([\w.+-]+\/[\w.+-]+)?((?:;[\w-]+=[\w.+-]+)*)(;base64)?,/i;
/** Any URL but those that are data; base64 has no colon. */
const URL_START = /^[a-z][a-z0-9+.-]*:\//i;
/** Longer than any of those, and short enough to be looked at whole. */
const HEAD = 256;
const typesOf: Readonly<Record<Medium, RegExp>> = {
  image: /^image\//i,
  audio: /^(audio\/|application\/ogg$|video\/ogg$)/i,
};

/** The bytes of an image or a clip in a data URI, in base64 alone, or at a URL. Throws MESSAGE_MALFORMED, and what fetching throws. */
export function readMedium(
  text: string | JsonText,
  medium: Medium,
  { pause, fetch }: InputReader,
): Promise<Buffer> {
  const head = typeof text === 'string' ? text.slice(0, HEAD) : text.part(0, HEAD).text;
  if (URL_START.test(head)) return fetch(text.toString(), `${medium}/*`);
  if (!/^data:/i.test(head)) return decodeBase64(text, 0, pause);
  const [start, type = '', , base64] = DATA_URI.exec(head) ?? [];
  if (start === undefined || base64 === undefined)
    throw malformed(`a data URI that cannot be read; expected data:${medium}/…;base64,…`);
  if (typesOf[medium].test(type)) return decodeBase64(text, start.length, pause);
  throw malformed(`the data URI is of ${type === '' ? 'no type' : `type ${type}`}; expected ${medium}/…`);
}

function malformed(message: string): TriptychError {
  return new TriptychError('MESSAGE_MALFORMED', message);
}
