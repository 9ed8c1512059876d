import { messageOf, TriptychError } from '@triptych/core';
import { checkByteLength, type StoredTensor } from '../numbers/stored-tensor.js';
import type { TensorHeader } from './header.js';

/**
 * The decoder's 4 GiB of memory hold a tensor several times: as it is in the file, decoded, and as it is handed out. 740 MiB fit,
 * 850 MiB do not.
 */
export const LARGEST_DECODED_BYTES = 768 * 1024 * 1024;

/** Throws WEIGHTS_SCHEMA for a tensor that is too large for a file that has to be decoded. */
export function checkDecodable(name: string, bytes: number, largest: number, path: string): void {
  if (bytes <= largest) return;
  const mebibytes = (count: number) => `${Math.ceil(count / 2 ** 20)} MiB`;
  throw new TriptychError(
    'WEIGHTS_SCHEMA',
    `${path}: tensor ${name} has ${mebibytes(bytes)}; a file that has to be decoded holds tensors of up to ` +
      `${mebibytes(largest)}. Convert the checkpoint with --compression none: such a file is read where its tensors lie`,
    { field: name },
  );
}

/** What is wrong with a file that is no weights file, or a damaged one. */
export function corrupt(path: string, cause: unknown): TriptychError {
  return new TriptychError('WEIGHTS_CORRUPT', `${path}: not a readable Parquet file (${messageOf(cause)})`, {
    cause,
  });
}

/** A tensor, of what was found in its row. Throws WEIGHTS_CORRUPT, WEIGHTS_SCHEMA or TENSOR_SHAPE. */
export function tensorOf(header: TensorHeader, data: unknown, path: string): StoredTensor {
  const { name } = header;
  if (data === null)
    throw new TriptychError('WEIGHTS_CORRUPT', `${path}: tensor ${name} has no data`, { field: name });
  if (!(data instanceof Uint8Array))
    throw new TriptychError('WEIGHTS_SCHEMA', `${path}: column data is not binary`, { field: name });
  const { shape, dtype, quantization } = header;
  const tensor = { name, shape, dtype, data, quantization };
  checkByteLength(tensor, data.byteLength);
  return tensor;
}
