import { describe, expect, it } from 'vitest';
import { readEmbedding, toEmbedding } from './read-embedding.js';

describe('an embedding that arrived', () => {
  it('is float32 whatever it travelled as', () => {
    const floats = Buffer.from(Float32Array.of(0.5, -1).buffer);
    const read = (encoding: 1 | 2 | 3 | 4, raw: Buffer, scale = 0) => [
      ...readEmbedding({ encoding, raw, values: raw as unknown as number[], shape: [2], scale }).values,
    ];
    expect(read(1, floats)).toEqual([0.5, -1]);
    expect(read(2, floats)).toEqual([0.5, -1]);
    expect(read(3, Buffer.from(Uint16Array.of(0x3800, 0xbc00).buffer))).toEqual([0.5, -1]);
    expect(read(4, Buffer.from(Int8Array.of(1, -2).buffer), 0.5)).toEqual([0.5, -1]);
  });

  it('comes back as it was sent', () => {
    const values = Float32Array.of(0, 1, 2, 3).subarray(1, 3);
    expect(readEmbedding(toEmbedding(values))).toEqual({ values: Float32Array.of(1, 2), shape: [2] });
  });
});
