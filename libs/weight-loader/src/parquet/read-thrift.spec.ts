import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeThrift, type ThriftField } from './read-thrift.js';
import { encodeThrift, type ThriftStruct, type ThriftValue } from './thrift.js';

const { value } = fc.letrec<{ value: ThriftValue; struct: ThriftStruct }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.record({ i32: fc.nat() }),
    fc.record({ i64: fc.maxSafeNat().filter((n) => n < 2 ** 52) }),
    fc.record({ text: fc.string({ maxLength: 300 }) }),
    fc.array(fc.record({ i32: fc.nat() }), { maxLength: 20 }).map((list) => ({ list })),
    tie('struct').map((struct) => ({ struct })),
  ),
  struct: fc
    .array(tie('value'), { maxLength: 5 })
    .map((all) => all.map((one, i) => [2 * i + 1, one] as const)),
}));

/** What a value is once it was decoded. */
function plain(one: ThriftValue): unknown {
  if ('i32' in one) return one.i32;
  if ('i64' in one) return one.i64;
  if ('text' in one) return Uint8Array.from(Buffer.from(one.text));
  if ('list' in one) return one.list.map(plain);
  return new Map(one.struct.map(([id, inner]) => [id, plain(inner)]));
}

const copied = (field: ThriftField): unknown => {
  if (field instanceof Uint8Array) return Uint8Array.from(field);
  if (Array.isArray(field)) return field.map((one) => copied(one as ThriftField));
  if (field instanceof Map)
    return new Map([...field].map(([id, inner]) => [id, copied(inner as ThriftField)]));
  return field;
};

describe('decodeThrift', () => {
  it('gives back what was encoded, and where it ends', () => {
    fc.assert(
      fc.property(value, fc.nat(9), (one, before) => {
        const struct = encodeThrift([[1, one]]);
        const bytes = Buffer.concat([Buffer.alloc(before), struct, Buffer.alloc(3)]);
        const { fields, end } = decodeThrift(bytes, before);
        expect(copied(fields)).toEqual(new Map([[1, plain(one)]]));
        expect(end).toBe(before + struct.byteLength);
      }),
    );
  });

  it('reads negative numbers, booleans, and ids that are far apart', () => {
    const bytes = Uint8Array.from([0x15, 0x01, 0x11, 0x12, 0x05, 0xc8, 0x01, 0x03, 0x00]);
    expect([...decodeThrift(bytes).fields]).toEqual([
      [1, -1],
      [2, true],
      [3, false],
      [100, -2],
    ]);
  });

  it('throws a RangeError for anything else, and takes no memory for what bytes claim', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeThrift(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2000 },
    );
    const claims = [0xff, 0xff, 0xff, 0xff, 0x0f];
    // A list and a string of 4 billion, and structs in structs without end.
    for (const bytes of [[0x19, 0xf5, ...claims], [0x18, ...claims], Array<number>(10_000).fill(0x1c)])
      expect(() => decodeThrift(Uint8Array.from(bytes))).toThrow(RangeError);
  });
});
