import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clustersOf } from './clusters.js';

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
const atOnce = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** Characters whose neighbours decide whether a cluster ends: marks, joiners, flags, jamo, viramas, line ends, pictures, half pairs. */
const joining = [
  ...['a', ' ', '\r', '\n', '\0', 'é', 'e\u0301', '\u0301', '\u200d', '\u200c', '\ufe0f', '\u0600', '\u0903'],
  ...[
    '👩',
    '❤',
    '🏽',
    '🇩',
    '🇪',
    'ᄀ',
    'ᅡ',
    'ᆨ',
    '가',
    '각',
    'क',
    '्',
    'ष',
    'ि',
    'ক',
    'ไ',
    'ำ',
    '\ud83d',
    '\udc69',
    '\u{e0067}',
  ],
];

describe('clusters of characters', () => {
  it('are those of the whole text, whatever lies at the seams', () => {
    const stretch = fc.tuple(
      fc.array(fc.constantFrom(...joining), { maxLength: 6 }),
      fc.integer({ min: 1, max: 200 }),
    );
    const texts = fc
      .array(stretch, { maxLength: 8 })
      .map((stretches) => stretches.map(([part, times]) => part.join('').repeat(times)).join(''));
    fc.assert(
      fc.property(texts, (text) => {
        expect(clustersOf(text)).toEqual(atOnce(text));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['letters', 'é'],
    ['flags', '🇩🇪'],
    ['half flags', '🇩'],
    ['families', '👩‍👩‍👧'],
    ['clusters that are longer than a window', `e${'\u0301'.repeat(300)}`],
    ['one cluster', '\u0301'],
  ])('are cut in stretches whose lengths add up to a few times the text: %s', (_, part) => {
    const work = (units: number) => {
      const text = part.repeat(Math.ceil(units / part.length));
      let [longest, sum] = [0, 0];
      const clusters = clustersOf(text, (stretch) => {
        longest = Math.max(longest, stretch.length);
        sum += stretch.length;
        return segmenter.segment(stretch);
      });
      expect(clusters.join('')).toBe(text);
      return { longest, share: sum / text.length, own: Math.max(...clusters.map(({ length }) => length)) };
    };
    for (const units of [2000, 32_000]) {
      const { longest, share, own } = work(units);
      expect(share).toBeLessThan(5);
      expect(longest).toBeLessThanOrEqual(Math.max(257, 4 * own));
    }
  });
});
