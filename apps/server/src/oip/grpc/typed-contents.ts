import { TriptychError } from '@triptych/core';
import type { InferTensorContents__Output } from '@triptych/protocol';
import { elementBytes, elementCount, type TensorHead } from '../tensors/tensor.js';

/** The lists of a tensor's contents, as they are read: each a list of runs of packed numbers, or of elements of BYTES. */
type Lists = Readonly<Record<keyof InferTensorContents__Output, readonly Uint8Array[]>>;

/** Numbers that are written as varints: each is read on the event loop. */
const MOST_VARINTS = 1 << 20;
/** Of a negative int32. */
const MOST_VARINT_BYTES = 10;

/** Which list a datatype's elements are in, of those that a model takes. */
const listOf: Readonly<Record<string, keyof InferTensorContents__Output>> = {
  BYTES: 'bytesContents',
  UINT8: 'uintContents',
  INT16: 'intContents',
  FP32: 'fp32Contents',
};

/** A tensor that came in typed contents. Throws TENSOR_MALFORMED, or BATCH_TOO_LARGE for numbers that should have come raw. */
export function readContents(
  head: TensorHead,
  contents: InferTensorContents__Output | null,
): Uint8Array | readonly Uint8Array[] {
  const list = Object.hasOwn(listOf, head.datatype) ? listOf[head.datatype] : undefined;
  const elements = (list && (contents as Lists | null)?.[list]) ?? [];
  if (head.datatype === 'BYTES') return elements;
  if (head.datatype === 'FP32') return elements.length === 1 ? elements[0] : Buffer.concat(elements);
  if (list === undefined) return Buffer.alloc(0);
  return readVarints(head, elements);
}

/** As many numbers as the shape has. Whatever else is there is found by the length. */
function readVarints(head: TensorHead, runs: readonly Uint8Array[]): Uint8Array {
  const { name, datatype } = head;
  const count = elementCount(head);
  if (count > MOST_VARINTS) {
    const message = `input ${name} has ${count} numbers in typed contents; expected at most ${MOST_VARINTS}, or raw_input_contents`;
    throw new TriptychError('BATCH_TOO_LARGE', message, { field: `inputs.${name}.contents` });
  }
  const size = elementBytes[datatype];
  const [least, most] = datatype === 'UINT8' ? [0, 255] : [-32768, 32767];
  const data = Buffer.alloc(count * size);
  let written = 0;
  const wrong = (found: string) =>
    new TriptychError('TENSOR_MALFORMED', `input ${name}, ${datatype} of ${count} numbers, has ${found}`, {
      field: `inputs.${name}.contents`,
    });
  for (const run of runs) {
    for (let at = 0; at < run.length;) {
      let value = 0;
      const from = at;
      while (run[at] > 127 && at - from < MOST_VARINT_BYTES) at++;
      if (at >= run.length || run[at] > 127) throw wrong('a number that does not end');
      // The low 32 bits: int32 is sign-extended to 64.
      for (let i = Math.min(at, from + 4); i >= from; i--) value = (value << 7) | (run[i] & 127);
      at++;
      if (value < least || value > most) throw wrong(`${value} as its value ${written}`);
      if (written >= count) throw wrong('more of them');
      if (size === 1) data[written++] = value;
      else data.writeInt16LE(value, size * written++);
    }
  }
  if (written < count) throw wrong(`${written} of them`);
  return data;
}
