import { readSync } from 'node:fs';

/**
 * A part of an open file, as much of a Blob as parquet-wasm asks of one. Node's own file-backed Blob reads in small pieces, in
 * five times the time; this one reads at once, and holds its thread meanwhile: a worker's, that does nothing else.
 */
export function fileBlob(descriptor: number, start: number, end: number): Blob {
  const size = end - start;
  const blob: Pick<Blob, 'size' | 'slice' | 'arrayBuffer'> = {
    size,
    slice: (from = 0, to = size) => fileBlob(descriptor, start + from, Math.min(start + to, end)),
    arrayBuffer: () => Promise.resolve(readAll(descriptor, start, size)),
  };
  return blob as Blob;
}

/** Shorter than `size` where the file has become so. */
function readAll(descriptor: number, start: number, size: number): ArrayBuffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  let done = 0;
  while (done < size) {
    const read = readSync(descriptor, bytes, done, size - done, start + done);
    if (read === 0) return bytes.buffer.slice(0, done);
    done += read;
  }
  return bytes.buffer;
}
