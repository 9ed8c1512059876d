import type { JsonObject } from '@triptych/core';
import type { Normalize } from './normalizers.js';

/** A part of a text: a token that was found in it, or what is between such. */
export type Section =
  | { readonly id: number; readonly text?: undefined }
  | { readonly id?: undefined; readonly text: string; readonly isFirst: boolean };

/** A line of `added_tokens` of a `tokenizer.json`. */
interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Not as a part of a word. */
  readonly single_word?: boolean;
  /** It takes the white space before it. */
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  /** It is looked for once the text is normalized. */
  readonly normalized?: boolean;
}

/** Finds tokens that are taken as they are written: some in the text as it came, then some in what is between, normalized. */
export function addedTokens(json: JsonObject, normalize: Normalize): (text: string) => Section[] {
  const tokens = (json['added_tokens'] ?? []) as AddedToken[];
  const written = finder(
    tokens.filter(({ normalized }) => normalized !== true),
    (content) => content,
  );
  const normalized = finder(
    tokens.filter(({ normalized }) => normalized === true),
    normalize,
  );
  return (text) =>
    written({ text, isFirst: true }).flatMap((section) =>
      section.text === undefined ? [section] : normalized({ ...section, text: normalize(section.text) }),
    );
}

type Text = Extract<Section, { text: string }>;

/** Of several that begin in one place, the longest counts. */
function finder(tokens: readonly AddedToken[], form: (content: string) => string): (text: Text) => Section[] {
  const byForm = new Map(tokens.map((token) => [form(token.content), token] as const));
  byForm.delete('');
  if (byForm.size === 0) return (text) => [text];
  const longestFirst = [...byForm.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escaped).join('|'), 'g');
  return ({ text, isFirst }) => {
    const sections: Section[] = [];
    let done = 0;
    const add = (end: number) => {
      if (end > done) sections.push({ text: text.slice(done, end), isFirst: isFirst && done === 0 });
    };
    for (const { 0: found, index } of text.matchAll(pattern)) {
      const token = byForm.get(found) as AddedToken;
      let [start, end] = [index, index + found.length];
      if (token.single_word && (isWord.test(before(text, start)) || isWord.test(behind(text, end)))) continue;
      if (token.lstrip) while (start > done && isSpace.test(text[start - 1])) start--;
      if (token.rstrip) while (end < text.length && isSpace.test(text[end])) end++;
      add(start);
      sections.push({ id: token.id });
      done = end;
    }
    add(text.length);
    return sections;
  };
}

const isWord = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]$/u;
/** No white space lies beyond the first plane. */
const isSpace = /^\p{White_Space}$/u;

/** The character that ends in a place, or nothing. */
function before(text: string, end: number): string {
  return Array.from(text.slice(Math.max(0, end - 2), end)).at(-1) ?? '';
}

function behind(text: string, start: number): string {
  return Array.from(text.slice(start, start + 2))[0] ?? '';
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
