import { describe, expect, it } from 'vitest';
import { decodeEmbedding } from './embedding.js';

describe('an embedding', () => {
  it('is decoded from a view into a larger buffer', () => {
    const pool = Buffer.alloc(64);
    pool.writeFloatLE(0.25, 13);
    expect([...decodeEmbedding(pool.subarray(13, 17), 'float32', 0)]).toEqual([0.25]);
  });

  it('has whole values', () => {
    expect(() => decodeEmbedding(new Uint8Array(6), 'float32', 0)).toThrow(
      '6 bytes do not hold whole float32 values',
    );
  });
});
