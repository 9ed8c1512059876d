import { decodeEmbedding, type EmbeddingForm } from '@triptych/core';
import { describe, expect, it } from 'vitest';
import { finishEmbedding } from './finish-embedding.js';

const form: EmbeddingForm = { normalize: true, dimensions: 0, numbers: 'float32' };
const values = Float32Array.of(3, 4, 0, 0, 0, 0, 0, 0);

function roundTrip(input: Float32Array, shape: number[], options: Partial<EmbeddingForm>): number[] {
  const full = { ...form, ...options };
  const { bytes, scale } = finishEmbedding(input, shape, full);
  return [...decodeEmbedding(bytes, full.numbers, scale)];
}

describe('an embedding', () => {
  it('is L2-normalised vector by vector, and a zero vector stays zero', () => {
    expect(roundTrip(values, [2, 4], {})).toEqual([Math.fround(0.6), Math.fround(0.8), 0, 0, 0, 0, 0, 0]);
  });

  it('is cut to its first dimensions before it is normalised', () => {
    expect(roundTrip(values, [2, 4], { dimensions: 1 })).toEqual([1, 0]);
    expect(finishEmbedding(values, [2, 4], { ...form, dimensions: 1 }).shape).toEqual([2, 1]);
  });

  it('is left as it was when asked', () => {
    expect(roundTrip(values, [8], { normalize: false })).toEqual([...values]);
  });

  it('travels as float16 and int8 within their precision', () => {
    const wave = Float32Array.from({ length: 384 }, (_, i) => Math.sin(i));
    const exact = roundTrip(wave, [384], {});
    const worst = (numbers: 'float16' | 'int8') =>
      Math.max(...roundTrip(wave, [384], { numbers }).map((v, i) => Math.abs(v - exact[i])));
    expect(worst('float16')).toBeLessThan(Math.max(...exact) / 2048);
    expect(worst('int8')).toBeLessThanOrEqual(Math.max(...exact) / 127 / 2 + 1e-7);
  });
});
