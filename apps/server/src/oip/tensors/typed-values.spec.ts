import { describe, expect, it } from 'vitest';
import { bytesTensor } from './bytes-tensor.js';
import type { Tensor } from './tensor.js';
import { tensorOfValues, valuesOf } from './typed-values.js';

const head = (datatype: string, ...shape: number[]) => ({ name: 'x', datatype, shape });

describe('values that come one by one', () => {
  it.each([
    ['UINT8', [0, 7, 255]],
    ['INT16', [-32768, 0, 32767]],
    ['INT64', [-(2 ** 53) + 1, 0, 2 ** 53 - 1]],
    ['UINT32', [0, 1, 2 ** 32 - 1]],
    ['FP32', [0.5, -1, 3.25]],
    ['FP64', [0.1, -1e300, 3]],
  ])('of %s are the same after they were a tensor', (datatype, values) => {
    const tensor = tensorOfValues(head(datatype, 3), values) as Tensor;
    expect(valuesOf(tensor)).toEqual(values);
  });

  it('of BYTES are texts', () => {
    expect(valuesOf(bytesTensor('x', [3], ['a', '', '☃']))).toEqual(['a', '', '☃']);
  });

  it.each([
    ['too many', 'UINT8', [1, 2, 3]],
    ['too large', 'UINT8', [1, 256]],
    ['no whole numbers', 'INT16', [1, 1.5]],
    ['no numbers', 'FP32', [1, NaN]],
    ['beyond 2^53', 'INT64', [1, 2 ** 60]],
  ])('are refused where they are %s', (_, datatype, values) => {
    expect(() => tensorOfValues(head(datatype, 2), values)).toThrow(/input x, .* has /);
  });

  it('are refused of a datatype that comes raw only', () => {
    expect(() => tensorOfValues(head('FP16', 1), [1])).toThrow(/expected raw bytes, or one of/);
    expect(() => tensorOfValues(head('toString', 1), [1])).toThrow(/expected raw bytes/);
  });
});
