import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beyondFloat16,
  downcastFloat16,
  float16BitsToFloat32Bits,
  float32BitsToFloat16Bits,
  upcastBfloat16,
  upcastFloat16,
} from './half.js';

/** The value of a float16 bit pattern by its definition: sign · 2^(e−15) · 1.f, or 2^−14 · 0.f below. */
function valueOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = (half & 0x3ff) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * 2 ** -14 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction);
}

const everyHalf = Uint16Array.from({ length: 65536 }, (_, i) => i);

describe('float16', () => {
  it('is upcast exactly, for all 65 536 patterns', () => {
    const values = new Float32Array(65536);
    upcastFloat16(everyHalf, values);
    for (let half = 0; half < 65536; half++)
      expect(Object.is(values[half], valueOf(half)), `0x${half.toString(16)}`).toBe(true);
  });

  it('ends at 65504: what is beyond is told, and what is infinite or NaN by itself is not', () => {
    expect(beyondFloat16(Float32Array.of(0.1, 65_504, -65_519.996, Infinity, NaN))).toBeUndefined();
    for (const value of [65_520, -70_000, 2 ** 127])
      expect(beyondFloat16(Float32Array.of(-Infinity, value))).toBe(value);
  });

  it('keeps the payload of a NaN', () => {
    expect(float16BitsToFloat32Bits(0x7e2a)).toBe(0x7fc54000);
  });

  it('comes back from float32 as it was, for every pattern but NaN payloads', () => {
    for (let half = 0; half < 65536; half++) {
      if (Number.isNaN(valueOf(half))) continue;
      expect(float32BitsToFloat16Bits(float16BitsToFloat32Bits(half)), `0x${half.toString(16)}`).toBe(half);
    }
  });

  it('is rounded to the nearest, ties to even', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -70000, max: 70000 }), (value) => {
        const [half] = downcastFloat16(Float32Array.of(value));
        if (Math.abs(value) >= 65520) return Math.abs(valueOf(half)) === Infinity;
        const distance = Math.abs(valueOf(half) - value);
        const magnitude = half & 0x7fff;
        const neighbours = [magnitude - 1, magnitude + 1]
          .filter((m) => m >= 0 && m < 0x7c00)
          .map((m) => (half & 0x8000) | m);
        return neighbours.every((n) => {
          const other = Math.abs(valueOf(n) - value);
          return distance < other || (distance === other && (half & 1) === 0);
        });
      }),
      { numRuns: 5000 },
    );
  });
});

describe('bfloat16', () => {
  it('is the upper half of a float32', () => {
    const values = new Float32Array(3);
    upcastBfloat16(Uint16Array.of(0x3f80, 0xc049, 0x7f80), values);
    expect([...values]).toEqual([1, -3.140625, Infinity]);
  });
});
