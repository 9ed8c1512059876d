import { byteCharacters } from './byte-characters.js';
import { type JsonObject, TriptychError } from '@triptych/core';
import { library, type LibraryPreTokenizer } from './library.js';
import { changed } from './unicode-history.js';

/** A normalized text → its words, which tokens never cross. `isFirst`: it is the beginning of what was given. */
export type PreTokenize = (text: string, isFirst: boolean) => string[];

/**
 * Makes a pre-tokenizer of a `tokenizer.json`, null being none. The library's own differ from the reference in what is
 * white space and punctuation, and where Metaspace splits. Throws for one that it does not know.
 */
export function compilePreTokenizer(json: JsonObject | null | undefined): PreTokenize {
  if (!json) return (text) => [text];
  const make = preTokenizers[json['type'] as string];
  if (!make) throw new TriptychError('MODEL_CONFIG', `pre-tokenizer ${String(json['type'])} is not known`);
  const words = make(json);
  // Nothing is put before nothing.
  return (text, isFirst) => (text === '' ? [] : words(text, isFirst).filter((word) => word !== ''));
}

const preTokenizers: Readonly<Record<string, (json: JsonObject) => PreTokenize>> = {
  Sequence: (json) => sequence((json['pretokenizers'] as JsonObject[]).map(compilePreTokenizer)),
  BertPreTokenizer: () => (text) => matches(text, bertWords),
  WhitespaceSplit: () => (text) => text.split(/\p{White_Space}+/u),
  Metaspace: metaspace,
  ByteLevel: byteLevel,
  Split: split,
  Punctuation: (json) => fromLibrary(new library.PunctuationPreTokenizer(json)),
  Digits: (json) => fromLibrary(new library.DigitsPreTokenizer(json)),
  Whitespace: () => fromLibrary(new library.WhitespacePreTokenizer()),
};

/** A later step sees the beginning where the earlier ones have left it. */
function sequence(steps: readonly PreTokenize[]): PreTokenize {
  return (text, isFirst) => {
    let words: readonly { readonly text: string; readonly isFirst: boolean }[] = [{ text, isFirst }];
    for (const step of steps) {
      words = words.flatMap((word) => {
        let from = 0;
        return step(word.text, word.isFirst).map((part) => {
          const at = word.text.indexOf(part, from);
          if (at >= 0) from = at + part.length;
          return { text: part, isFirst: word.isFirst && at === 0 };
        });
      });
    }
    return words.map((word) => word.text);
  };
}

const punctuation = `\\p{P}\\u0021-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007e${changed('formerPunctuation')}`;
const newPunctuation = changed('punctuation');
/** A mark of punctuation, or a run of anything but those and white space. */
const bertWords = new RegExp(
  `[[^\\p{White_Space}${punctuation}][${newPunctuation}]]+|[[${punctuation}]--[${newPunctuation}]]`,
  'gv',
);

/** Spaces become part of the words that they stand before. */
function metaspace(json: JsonObject): PreTokenize {
  const {
    replacement = '▁',
    prepend_scheme,
    add_prefix_space,
    split: splits = true,
  } = json as {
    replacement?: string;
    prepend_scheme?: 'always' | 'first' | 'never';
    /** What older files have. */
    add_prefix_space?: boolean;
    split?: boolean;
  };
  const scheme = prepend_scheme ?? (add_prefix_space === false ? 'never' : 'always');
  const words = new RegExp(`${replacement}?[^${replacement}]*`, 'gu');
  return (text, isFirst) => {
    const spaced = text.replaceAll(' ', replacement);
    const prepends = scheme === 'always' || (scheme === 'first' && isFirst);
    const whole = prepends && !spaced.startsWith(replacement) ? replacement + spaced : spaced;
    return splits ? matches(whole, words) : [whole];
  };
}

const newLetters = `${changed('letter')}${changed('number')}`;
/** GPT-2's words (Radford et al. 2019). */
const byteLevelWords = new RegExp(
  "'s|'t|'re|'ve|'m|'ll|'d" +
    `| ?[\\p{L}--[${changed('letter')}]]+` +
    `| ?[\\p{N}--[${changed('number')}]]+` +
    `| ?[[^\\p{White_Space}\\p{L}\\p{N}][${newLetters}]]+` +
    '|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+',
  'gv',
);

/** Words of bytes, each byte a printable character. */
function byteLevel(json: JsonObject): PreTokenize {
  const { add_prefix_space: prefix = true, use_regex: splits = true } = json as {
    add_prefix_space?: boolean;
    use_regex?: boolean;
  };
  const encoder = new TextEncoder();
  return (text) => {
    const whole = prefix && !text.startsWith(' ') ? ` ${text}` : text;
    const words = splits ? matches(whole, byteLevelWords) : [whole];
    return words.map((word) => {
      let characters = '';
      for (const byte of encoder.encode(word)) characters += byteCharacters[byte];
      return characters;
    });
  };
}

function split(json: JsonObject): PreTokenize {
  const { pattern, behavior, invert } = json as {
    pattern: { String?: string };
    behavior: string;
    invert: boolean;
  };
  const { String: separator } = pattern;
  if (separator === undefined) {
    if (!['Removed', 'Isolated'].includes(behavior))
      throw new TriptychError('MODEL_CONFIG', `Split with ${behavior} is not known`);
    return fromLibrary(new library.SplitPreTokenizer(json));
  }
  if (behavior !== 'MergedWithPrevious' || invert)
    throw new TriptychError('MODEL_CONFIG', `Split with ${behavior} is not known`);
  return (text) =>
    text.split(separator).map((part, i, all) => (i < all.length - 1 ? part + separator : part));
}

function fromLibrary(preTokenizer: LibraryPreTokenizer): PreTokenize {
  return (text) => preTokenizer.pre_tokenize_text(text);
}

function matches(text: string, pattern: RegExp): string[] {
  const found: string[] = [];
  for (const [match] of text.matchAll(pattern)) found.push(match);
  return found;
}
