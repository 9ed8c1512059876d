/**
 * What a family does to texts: capitals lowered, always or unless a step of the tokenizer's own normalizer is `Lowercase`, or SigLIP's
 * canonical form.
 */
export type Cleaning = 'lowercase' | 'lowercase-once' | 'canonical';

/**
 * SigLIP's texts, as `SiglipTokenizer.canonicalize_text` makes them: lowered, without ASCII punctuation, white space a
 * single space, and none at the ends.
 */
export function canonical(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[!-/:-@[-`{-~]/g, '')
    .replaceAll(pythonSpace, ' ')
    .replaceAll(/^ | $/g, '');
}

/** What Python's regular expressions take for white space. */
const pythonSpace = /[\p{White_Space}\u001c-\u001f]+/gu;
