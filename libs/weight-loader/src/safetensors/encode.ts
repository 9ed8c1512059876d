import { elementCount } from '@triptych/core';

export interface FloatTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** float32 tensors as a safetensors file: length of the header, header, data. */
export function encodeSafetensors(tensors: readonly FloatTensor[]): Uint8Array {
  let offset = 0;
  const entries = tensors.map(({ name, shape }) => {
    const begin = offset;
    offset += 4 * elementCount(shape);
    return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }] as const;
  });
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const file = new Uint8Array(8 + header.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  tensors.forEach(({ values }, i) => {
    file.set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      8 + header.length + entries[i][1].data_offsets[0],
    );
  });
  return file;
}
