import { readSync } from 'node:fs';

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
