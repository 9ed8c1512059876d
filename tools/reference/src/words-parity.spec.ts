import { readFileSync } from 'node:fs';
import { timedWords } from '@triptych/audio-encoder';
import { byteCharacters } from '@triptych/preprocessing';
import { describe, expect, it } from 'vitest';

interface GoldenWords {
  readonly vocabulary: Readonly<Record<string, number>>;
  readonly rows: readonly {
    readonly language: string;
    readonly tokens: readonly number[];
    /** Text, and the indices of its first token and of the one behind its last. */
    readonly words: readonly (readonly [string, number, number])[];
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/words/words.json', import.meta.url), 'utf8'),
) as GoldenWords;

describe('the words of tokens, against those of transformers', () => {
  const byteOf = new Map(byteCharacters.map((character, byte) => [character, byte]));
  const bytesOf = new Map(
    Object.entries(golden.vocabulary).map(([piece, id]) => [
      id,
      Uint8Array.from([...piece].map((character) => byteOf.get(character) ?? NaN)),
    ]),
  );

  it('are the same, in languages with and without spaces, whatever the punctuation and cut characters', () => {
    expect(golden.rows.length).toBeGreaterThan(40);
    for (const { language, tokens, words } of golden.rows) {
      const times = tokens.map((_, i) => i + 1);
      const segment = { start: 0, end: tokens.length, tokens, times };
      const found = timedWords(segment, (token) => bytesOf.get(token) ?? new Uint8Array(), language);
      expect(
        found.map(({ text, start, end }) => [text, start, end]),
        language,
      ).toEqual(words);
    }
  });
});
