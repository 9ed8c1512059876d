import type { JsonObject } from '@triptych/core';
import { lowered, type Normalize } from './normalizers.js';

/**
 * What a family does to a text. `lowercase`: each capital by itself. `lowercase-once`: unless a step of the tokenizer's own normalizer is
 * `Lowercase`. `lowercase-in-words`: a Greek sigma at the end of a word becomes ς. ASCII punctuation left out. Each run of white space made a single
 * space, with none at the ends. Sentencepiece's mark of a space, `▁`, made one.
 */
export type Cleaning =
  | 'lowercase'
  | 'lowercase-once'
  | 'lowercase-in-words'
  | 'no-punctuation'
  | 'single-spaces'
  | 'marks-as-spaces';

/** What Python's regular expressions take for white space. */
const pythonSpace = /[\p{White_Space}\u001c-\u001f]+/gu;

const steps: Readonly<Record<Cleaning, Normalize>> = {
  lowercase: lowered,
  'lowercase-once': lowered,
  'lowercase-in-words': (text) => text.toLowerCase(),
  'no-punctuation': (text) => text.replaceAll(/[!-/:-@[-`{-~]/g, ''),
  'single-spaces': (text) => text.replaceAll(pythonSpace, ' ').replaceAll(/^ | $/g, ''),
  'marks-as-spaces': (text) => text.replaceAll('▁', ' '),
};

/** The steps one after the other, before a tokenizer's own `normalizer`. */
export function cleaner(cleaning: readonly Cleaning[], normalizer: JsonObject | null): Normalize {
  const taken = cleaning.filter((step) => step !== 'lowercase-once' || !hasLowercase(normalizer));
  return (text) => taken.reduce((cleaned, step) => steps[step](cleaned), text);
}

/** Whether one of the steps is `Lowercase`; those within a step do not count, as with sentence-transformers. */
function hasLowercase(normalizer: JsonObject | null | undefined): boolean {
  const own =
    normalizer?.['type'] === 'Sequence' ? (normalizer['normalizers'] as JsonObject[]) : [normalizer];
  return own.some((step) => step?.['type'] === 'Lowercase');
}
