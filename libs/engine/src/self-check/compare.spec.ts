import { describe, expect, it } from 'vitest';
import { compareVectors } from './compare.js';
import type { ReferenceItem } from './reference.js';

const item = (name: string, ...values: number[]): ReferenceItem => ({
  kind: 'text',
  name,
  input: name,
  vector: Float32Array.from(values),
});

describe('comparing vectors with a reference', () => {
  const items = [item('a', 1, 0), item('b', 0, 2), item('c', 3, 4)];

  it('takes the cosine and the largest difference of each', () => {
    const found = [Float32Array.of(2, 0), Float32Array.of(0, 2), Float32Array.of(4, 3)];
    const { items: compared, cosine, maxAbsDifference } = compareVectors(items, found);
    expect(compared.map((one) => Math.round(100 * one.cosine))).toEqual([100, 100, 96]);
    expect([cosine.min, cosine.max].map((v) => v.toFixed(2))).toEqual(['0.96', '1.00']);
    expect(maxAbsDifference).toBe(1);
  });

  it('tells how similarities correlate, whatever the vectors’ lengths and turns', () => {
    const turned = items.map(({ vector: [x, y] }) => Float32Array.of(-5 * y, 5 * x));
    const { similarities, similarityCorrelation } = compareVectors(items, turned);
    expect(similarities).toHaveLength(3);
    expect(similarityCorrelation).toBeCloseTo(1, 6);
    const mixed = [items[2], items[0], items[1]].map(({ vector }) => vector);
    expect(compareVectors(items, mixed).similarityCorrelation).toBeLessThan(0.9);
  });

  it('refuses vectors of another length', () => {
    expect(() => compareVectors([items[0]], [Float32Array.of(1)])).toThrow(
      /a: a vector of 1 values; the reference has 2/,
    );
  });
});
