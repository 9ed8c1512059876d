import type { SpeechSegment } from './segments.js';

/** A word and when it is said, in seconds from the recording's start. */
export interface TimedWord {
  /** As it stands in the text, with the space before it. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Tokens that are one word: its text, and the indices of the first and the last of them. */
interface Word {
  text: string;
  first: number;
  last: number;
}

/** Languages that put no spaces between words: each character is one. */
const WITHOUT_SPACES = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue']);
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
/** Parts of the word behind them, where a space is before them. */
const OPENING = '"\'“¡¿([{-';
/** Parts of the word before them. */
const CLOSING = '"\'.。,，!！?？:：”)]}、';
const REPLACEMENT = '\ufffd';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The words of a segment whose tokens have times, by the rules of transformers' Whisper. `bytesOf`: what a token stands for in UTF-8, empty
 * where that is no text. A word begins when the token before it ends.
 */
export function timedWords(
  { start, tokens, times }: SpeechSegment,
  bytesOf: (token: number) => Uint8Array,
  language: string | undefined,
): TimedWord[] {
  if (!times) return [];
  const pieces = tokens.flatMap((token, index) => {
    const bytes = bytesOf(token);
    return bytes.length === 0 ? [] : [{ bytes, index }];
  });
  return wordsOf(
    pieces.map(({ bytes }) => bytes),
    language,
  ).map(({ text, first, last }) => {
    const before = pieces[first].index - 1;
    return { text, start: before < 0 ? start : times[before], end: times[pieces[last].index] };
  });
}

/** Which of a text's pieces in UTF-8 are one word. */
export function wordsOf(pieces: readonly Uint8Array[], language: string | undefined): Word[] {
  const characters = byCharacters(pieces);
  const isSpaced = language === undefined || !WITHOUT_SPACES.has(language);
  return withPunctuation(isSpaced ? bySpaces(characters) : characters);
}

/** Joins pieces until they are whole characters. What is no character anywhere in the text counts as one. */
function byCharacters(pieces: readonly Uint8Array[]): Word[] {
  const whole = decoder.decode(Buffer.concat(pieces));
  const words: Word[] = [];
  let offset = 0;
  let first = 0;
  pieces.forEach((_, last) => {
    const text = decoder.decode(Buffer.concat(pieces.slice(first, last + 1)));
    const broken = text.indexOf(REPLACEMENT);
    const isCut = broken >= 0 && offset + broken < whole.length && whole[offset + broken] !== REPLACEMENT;
    if (isCut) return;
    words.push({ text, first, last });
    offset += text.length;
    first = last + 1;
  });
  return words;
}

/** A word begins with a space, or is punctuation. */
function bySpaces(characters: readonly Word[]): Word[] {
  const words: Word[] = [];
  for (const { text, first, last } of characters) {
    const before = words.at(-1);
    if (!before || text.startsWith(' ') || PUNCTUATION.includes(text.trim()))
      words.push({ text, first, last });
    else {
      before.text += text;
      before.last = last;
    }
  }
  return words;
}

/** Opening punctuation belongs to the word behind it, closing punctuation to the one before it. */
function withPunctuation(words: readonly Word[]): Word[] {
  const opened: Word[] = [];
  for (const word of words.toReversed()) {
    const behind = opened.at(-1);
    if (behind && word.text.startsWith(' ') && OPENING.includes(word.text.trim())) {
      behind.text = word.text + behind.text;
      behind.first = word.first;
    } else opened.push({ ...word });
  }
  const closed: Word[] = [];
  for (const word of opened.toReversed()) {
    const before = closed.at(-1);
    if (before && !before.text.endsWith(' ') && CLOSING.includes(word.text)) {
      before.text += word.text;
      before.last = word.last;
    } else closed.push(word);
  }
  return closed;
}
