import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLevels, encodeLevels } from './levels.js';

describe('levels of a page', () => {
  it('are decoded as they were encoded', () => {
    const runs = fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.nat(3)), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(runs, (all) => {
        const levels = all.flatMap(([count, level]) => Array<number>(count).fill(level));
        expect([...decodeLevels(encodeLevels(all).subarray(4), 2, levels.length)!]).toEqual(levels);
      }),
    );
  });

  it('may be packed, as in the example of the format', () => {
    // 0 to 7 in three bits each (parquet-format, Encodings.md).
    const packed = Uint8Array.of(0b11, 0b10001000, 0b11000110, 0b11111010);
    expect([...decodeLevels(packed, 3, 8)!]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...decodeLevels(packed, 3, 5)!]).toEqual([0, 1, 2, 3, 4]);
  });

  it('are not believed where they are fewer than they have to be', () => {
    expect(decodeLevels(Uint8Array.of(6, 1), 1, 4)).toBeUndefined();
    expect(decodeLevels(Uint8Array.of(6), 1, 3)).toBeUndefined();
    expect(decodeLevels(Uint8Array.of(0xff, 0xff), 1, 3)).toBeUndefined();
    expect(decodeLevels(Uint8Array.of(0xff, 0xff, 0x03, 1), 1, 1000)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.nat(3), fc.nat(1000), (bytes, width, count) => {
        const levels = decodeLevels(bytes, width, count);
        if (levels) expect(levels).toHaveLength(count);
      }),
    );
  });
});
