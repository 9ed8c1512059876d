import { describe, expect, it } from 'vitest';
import { readAnswer, writeAnswer } from './answer-bytes.js';

const limits = { headBytes: 2 ** 20, arrayBytes: 2 ** 20 };
const there = (result: unknown) => writeAnswer({ id: 7, result });
const back = (result: unknown) => readAnswer(there(result), limits);

describe('an answer of a worker', () => {
  it.each([
    [undefined],
    [null],
    [{ a: [1, -0.5, 1e300, true, 'ü', null, {}], b: { c: [[]] } }],
    [[NaN, Infinity, -Infinity]],
    [{ bytes: new Uint8Array([1, 2, 3]), floats: [new Float32Array([0.1, NaN]), new Float32Array()] }],
    [
      [
        new Int16Array([-1]),
        new BigInt64Array([-1n]),
        new Float64Array([0.1]),
        new Uint32Array([2 ** 32 - 1]),
      ],
    ],
    [new Float32Array([1, 2, 3, 4]).subarray(1, 3)],
  ])('comes as it was: %o', (result) => {
    expect(back(result)).toEqual(result === undefined ? { id: 7 } : { id: 7, result });
  });

  it('has buffers as bytes', () => {
    expect(back(Buffer.from('abc'))).toEqual({ id: 7, result: new Uint8Array([97, 98, 99]) });
  });

  it.each([[new Map()], [new ArrayBuffer(1)], [new DataView(new ArrayBuffer(1))], [1n], [new Date()]])(
    'cannot have %o',
    (result) => {
      expect(() => there({ deep: [result] })).toThrow(TypeError);
    },
  );

  it('is refused where it is longer than may be', () => {
    const bytes = there(new Uint8Array(64));
    expect(() => readAnswer(bytes, { headBytes: 100, arrayBytes: 63 })).toThrow(RangeError);
    expect(() => readAnswer(bytes, { headBytes: 10, arrayBytes: 64 })).toThrow(RangeError);
    expect(readAnswer(bytes, { headBytes: 100, arrayBytes: 64 })).toEqual({
      id: 7,
      result: new Uint8Array(64),
    });
  });

  it.each([
    ['Float32Array', 0, 3],
    ['Float32Array', 8, 1],
    ['Float32Array', 2, 1],
    ['Float32Array', -4, 1],
    ['Float32Array', 0, 2 ** 53],
    ['Array', 0, 1],
    ['constructor', 0, 1],
    [null, 0, 1],
    [],
  ])('is refused where it has an array that is none: %j, %j, %j', (...place) => {
    const head = Buffer.from(JSON.stringify({ id: 1, result: { $array: place } }));
    const frame = Buffer.concat([Buffer.alloc(8), Buffer.alloc(8), head]);
    frame.writeUInt32LE(head.length);
    expect(() => readAnswer(frame, limits)).toThrow();
  });
});
