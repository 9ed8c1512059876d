import { closeSync, openSync, readSync } from 'node:fs';
import { TriptychError } from './errors/triptych-error.js';
import type { WeightTensor } from './weights.js';

/** Bytes of an open file, at once; fewer where it ends before. For workers: it holds its thread meanwhile. */
export function readRange(descriptor: number, position: number, length: number): Uint8Array<ArrayBuffer> {
  return readInto(Buffer.allocUnsafeSlow(length), descriptor, position);
}

/** Fills `bytes` from an open file. Returns as much of them as the file had. */
export function readInto(
  bytes: Uint8Array<ArrayBuffer>,
  descriptor: number,
  position: number,
): Uint8Array<ArrayBuffer> {
  let done = 0;
  while (done < bytes.byteLength) {
    const read = readSync(descriptor, bytes, done, bytes.byteLength - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, done);
}

/** Opens a file for as long as `work` takes. */
export function withFile<T>(path: string, work: (descriptor: number) => T): T {
  const descriptor = openSync(path, 'r');
  try {
    return work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * All of a tensor's bytes, of a file that they lie in as they are. Throws WEIGHTS_CORRUPT where it ends before; the message has the file
 * as it is `named`.
 */
export function readTensor(
  path: string,
  name: string,
  { byteOffset, byteLength }: Pick<WeightTensor, 'byteOffset' | 'byteLength'>,
  named = path,
): Uint8Array<ArrayBuffer> {
  const bytes = withFile(path, (file) => readRange(file, byteOffset, byteLength));
  if (bytes.byteLength === byteLength) return bytes;
  throw new TriptychError('WEIGHTS_CORRUPT', `${named}: tensor ${name}: the file ends within it`, {
    field: name,
  });
}
