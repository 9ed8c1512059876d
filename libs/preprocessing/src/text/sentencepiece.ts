import { type JsonObject, TriptychError } from '@triptych/core';
import { Charsmap } from './charsmap.js';
import { compileNormalizer, type Normalize } from './normalizers.js';
import { compilePreTokenizer, type PreTokenize } from './pre-tokenizers.js';

/**
 * The steps of a `tokenizer.json` as sentencepiece takes them (Kudo & Richardson 2018), for models whose reference runs sentencepiece itself.
 * HuggingFace's tokenizers, which such a file is written for, differ from it in three ways: in which of several keys of the compiled
 * normalisation counts, in spaces that this normalisation makes, and in a space before what follows an added token.
 */
export function sentencepieceSteps(json: JsonObject): {
  readonly normalize: Normalize;
  readonly words: PreTokenize;
} {
  const own = compileNormalizer(json['normalizer'] as JsonObject | null, longestMatches);
  return {
    normalize: (text) => own(text).replaceAll(/ {2,}/g, ' ').replace(/ $/, ''),
    words: compilePreTokenizer(prefixedOnce(json['pre_tokenizer'] as JsonObject | null)),
  };
}

/** Bytes that a byte of a text may become: the longest replacement of Unicode's NFKC has 33 for 3. */
const MOST_GROWTH = 64;

/** From its beginning on, a text's longest match in each place; what the table does not know stays. */
export function longestMatches(charsmap: Uint8Array): Normalize {
  const table = new Charsmap(charsmap);
  return (text) => {
    const bytes = Buffer.from(text);
    const parts: Uint8Array[] = [];
    let [done, replaced] = [0, 0];
    for (let at = 0; at < bytes.length;) {
      const longest = table.match(bytes, at, 'longest');
      if (longest) {
        parts.push(bytes.subarray(done, at), longest.replacement);
        done = at = longest.end;
        replaced += longest.replacement.length;
        if (replaced > MOST_GROWTH * bytes.length)
          throw new TriptychError(
            'MODEL_CONFIG',
            `precompiled_charsmap: a text grows more than ${MOST_GROWTH} times`,
          );
      } else {
        at++;
        while (isWithinCharacter(bytes[at])) at++;
      }
    }
    parts.push(bytes.subarray(done));
    return Buffer.concat(parts).toString();
  };
}

/** Whether a byte of UTF-8 goes on with the character of the byte before it. */
function isWithinCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** A pre-tokenizer that puts a space before the text alone, not before every part of it between added tokens. */
function prefixedOnce(json: JsonObject | null): JsonObject | null {
  if (json?.['type'] === 'Sequence')
    return { ...json, pretokenizers: (json['pretokenizers'] as JsonObject[]).map(prefixedOnce) };
  const prefixes = json?.['prepend_scheme'] !== 'never' && json?.['add_prefix_space'] !== false;
  return json?.['type'] === 'Metaspace' && prefixes ? { ...json, prepend_scheme: 'first' } : json;
}
