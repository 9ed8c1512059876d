import { type JsonObject, TriptychError } from '@triptych/core';
import { library } from './library.js';
import { precompiled } from './precompiled.js';
import { changed } from './unicode-history.js';

/** A text → the text that is split into words. */
export type Normalize = (text: string) => string;

/** Reads the table that a sentencepiece model brings. */
export type ReadCharsmap = (charsmap: Uint8Array) => Normalize;

/**
 * Makes a normalizer of a `tokenizer.json`, null being none. The library's own differ from the reference in what is a
 * control character, in the order of steps, in lowering a final sigma, and in sentencepiece's tables: only its regular
 * expressions are used. Throws for one that it does not know.
 */
export function compileNormalizer(
  json: JsonObject | null | undefined,
  readCharsmap: ReadCharsmap = precompiled,
): Normalize {
  if (!json) return (text) => text;
  const make = normalizers[json['type'] as string];
  if (!make) throw new TriptychError('MODEL_CONFIG', `normalizer ${String(json['type'])} is not known`);
  return make(json, readCharsmap);
}

const normalizers: Readonly<Record<string, (json: JsonObject, readCharsmap: ReadCharsmap) => Normalize>> = {
  Sequence: (json, readCharsmap) =>
    sequence((json['normalizers'] as JsonObject[]).map((step) => compileNormalizer(step, readCharsmap))),
  BertNormalizer: bertNormalizer,
  Lowercase: () => lowered,
  StripAccents: () => (text) => text.replaceAll(marks, ''),
  Strip: ({ strip_left: left, strip_right: right }) =>
    sequence([
      ...(left === false ? [] : [(text: string) => text.replace(/^\p{White_Space}+/u, '')]),
      ...(right === false ? [] : [withoutTrailingSpace]),
    ]),
  NFC: () => (text) => text.normalize('NFC'),
  NFD: () => (text) => decomposed(text, 'NFD'),
  NFKC: () => (text) => decomposed(text, 'NFKC'),
  NFKD: () => (text) => decomposed(text, 'NFKD'),
  Precompiled: ({ precompiled_charsmap: map }, readCharsmap) =>
    readCharsmap(Buffer.from(String(map), 'base64')),
  Prepend:
    ({ prepend }) =>
    (text) =>
      text === '' ? text : `${String(prepend)}${text}`,
  Replace: replace,
};

/** From its end: a regular expression would try each run of white space anew from each of its places. */
function withoutTrailingSpace(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace.test(text[end - 1])) end--;
  return text.slice(0, end);
}

/** No white space lies beyond the first plane. */
const isSpace = /^\p{White_Space}$/u;

function sequence(steps: readonly Normalize[]): Normalize {
  return (text) => steps.reduce((normalized, step) => step(normalized), text);
}

function replace(json: JsonObject): Normalize {
  const { pattern, content } = json as { pattern: { String?: string }; content: string };
  const { String: plain } = pattern;
  if (plain !== undefined) return (text) => text.replaceAll(plain, () => content);
  const replacer = new library.ReplaceNormalizer(json);
  return (text) => replacer.normalize(text);
}

/** Rust lowers letter by letter; JavaScript would make a final sigma of the last one of a word. */
export function lowered(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase();
}

const marks = new RegExp(`(?![${changed('mark')}])[\\p{M}${changed('formerMark')}]`, 'gu');
const nonspacingMarks = new RegExp(
  `(?![${changed('nonspacingMark')}])[\\p{Mn}${changed('formerNonspacingMark')}]`,
  'gu',
);
const known = {
  NFD: new RegExp(`[^${changed('decomposed')}]+`, 'gu'),
  NFKC: new RegExp(`[^${changed('compatible')}]+`, 'gu'),
  NFKD: new RegExp(`[^${changed('compatible', 'decomposed')}]+`, 'gu'),
};

function decomposed(text: string, form: keyof typeof known): string {
  return text.replaceAll(known[form], (part) => part.normalize(form));
}

const removed = new RegExp(`(?![\\t\\n\\r${changed('format')}])[\\u0000\\ufffd\\p{Cc}\\p{Cf}\\p{Co}]`, 'gu');
const ideographs =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

/** What BERT does before it splits: control characters, ideographs as words of their own, accents, capitals. */
function bertNormalizer(json: JsonObject): Normalize {
  const lowers = json['lowercase'] !== false;
  return sequence([
    ...(json['clean_text'] === false
      ? []
      : [(text: string) => text.replaceAll(removed, '').replaceAll(/\p{White_Space}/gu, ' ')]),
    ...(json['handle_chinese_chars'] === false
      ? []
      : [(text: string) => text.replaceAll(ideographs, ' $& ')]),
    ...((json['strip_accents'] ?? lowers)
      ? [(text: string) => decomposed(text, 'NFD').replaceAll(nonspacingMarks, '')]
      : []),
    ...(lowers ? [lowered] : []),
  ]);
}
