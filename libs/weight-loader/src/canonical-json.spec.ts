import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';

const inPieces = (value: unknown, most: number) => [...canonicalJson(value, most)];

/** As V8 writes it at once. */
const whole = (value: unknown) =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

describe('canonical JSON', () => {
  it('is that of sorted keys, however it is cut', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 20 }), (value, most) => {
        expect(inPieces(value, most).join('')).toBe(whole(value));
      }),
    );
    const odd = { 10: 1, 2: [undefined, NaN, { b: undefined, a: 0 }], b: null, a: 'x' };
    expect(inPieces(odd, 100).join('')).toBe(whole(odd));
  });

  it('cuts no character of two units in two', () => {
    for (const unit of ['\u{1f600}', 'a"\n\u{1f600}', '\ud83d', '\ude00é']) {
      for (const before of ['', 'x', 'xy']) {
        const value = { text: before + unit.repeat(1000) };
        const pieces = inPieces(value, 64);
        expect(pieces.join('')).toBe(whole(value));
        // An escaped half of a character is six ASCII characters.
        expect(pieces.every((piece) => piece.length <= 6 * 65)).toBe(true);
      }
    }
  });
});
