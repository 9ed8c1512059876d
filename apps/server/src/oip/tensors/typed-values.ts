import { TriptychError } from '@triptych/core';
import { elementBytes, elementCount, type InputTensor, type Tensor, type TensorHead } from './tensor.js';

/** A number or a truth of a tensor, as JSON writes it. */
export type TypedValue = number | boolean;

/** How one element is written and read: little-endian. */
interface ElementCodec {
  readonly write: (view: DataView, at: number, value: number) => void;
  readonly read: (view: DataView, at: number) => number;
  /** Least and most, of whole numbers. */
  readonly range?: readonly [number, number];
}

const whole = (bits: number, isSigned: boolean): readonly [number, number] =>
  isSigned ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];

const codecs: Readonly<Record<string, ElementCodec>> = {
  BOOL: { write: (v, at, n) => v.setUint8(at, n), read: (v, at) => v.getUint8(at), range: [0, 1] },
  UINT8: { write: (v, at, n) => v.setUint8(at, n), read: (v, at) => v.getUint8(at), range: whole(8, false) },
  UINT16: {
    write: (v, at, n) => v.setUint16(at, n, true),
    read: (v, at) => v.getUint16(at, true),
    range: whole(16, false),
  },
  UINT32: {
    write: (v, at, n) => v.setUint32(at, n, true),
    read: (v, at) => v.getUint32(at, true),
    range: whole(32, false),
  },
  INT8: { write: (v, at, n) => v.setInt8(at, n), read: (v, at) => v.getInt8(at), range: whole(8, true) },
  INT16: {
    write: (v, at, n) => v.setInt16(at, n, true),
    read: (v, at) => v.getInt16(at, true),
    range: whole(16, true),
  },
  INT32: {
    write: (v, at, n) => v.setInt32(at, n, true),
    read: (v, at) => v.getInt32(at, true),
    range: whole(32, true),
  },
  INT64: {
    write: (v, at, n) => v.setBigInt64(at, BigInt(n), true),
    read: (v, at) => Number(v.getBigInt64(at, true)),
    range: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  },
  FP32: { write: (v, at, n) => v.setFloat32(at, n, true), read: (v, at) => v.getFloat32(at, true) },
  FP64: { write: (v, at, n) => v.setFloat64(at, n, true), read: (v, at) => v.getFloat64(at, true) },
};

/**
 * A tensor of values that came one by one, as JSON and typed contents have them. Throws TENSOR_UNEXPECTED where its datatype is none
 * that may come so, and TENSOR_MALFORMED where the values are not as many as its shape asks for, or out of their datatype's range.
 */
export function tensorOfValues(head: TensorHead, values: readonly TypedValue[]): InputTensor {
  const { name, datatype, shape } = head;
  const codec = Object.hasOwn(codecs, datatype) ? codecs[datatype] : undefined;
  if (!codec) {
    const message = `input ${name} has values of ${datatype}; expected raw bytes, or one of ${Object.keys(codecs).join(', ')}`;
    throw new TriptychError('TENSOR_UNEXPECTED', message, { field: `inputs.${name}.datatype` });
  }
  const wrong = (found: string) =>
    new TriptychError(
      'TENSOR_MALFORMED',
      `input ${name}, ${datatype} of [${shape.join(', ')}], has ${found}`,
      { field: `inputs.${name}` },
    );
  const count = elementCount(head);
  if (values.length !== count) throw wrong(`${values.length} values; expected ${count}`);
  const size = elementBytes[datatype];
  const data = Buffer.alloc(count * size);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  values.forEach((value, i) => {
    const number = Number(value);
    const [least, most] = codec.range ?? [-Infinity, Infinity];
    const fits = codec.range === undefined || Number.isInteger(number);
    if (!fits || !(number >= least && number <= most)) throw wrong(`${String(value)} as its value ${i}`);
    codec.write(view, i * size, number);
  });
  return { name, datatype, shape, data };
}

/** The values of a tensor of an answer, row by row. Of BYTES they are their texts. */
export function valuesOf({ datatype, data }: Tensor): (number | string)[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values: (number | string)[] = [];
  if (datatype === 'BYTES') {
    for (let at = 0; at < data.length;) {
      const end = at + 4 + view.getUint32(at, true);
      values.push(Buffer.from(data.subarray(at + 4, end)).toString());
      at = end;
    }
    return values;
  }
  const { read } = codecs[datatype];
  for (let at = 0; at < data.length; at += elementBytes[datatype]) values.push(read(view, at));
  return values;
}
