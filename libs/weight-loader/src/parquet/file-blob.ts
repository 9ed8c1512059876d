import { readRange } from '@triptych/core';

/**
 * A part of an open file, as much of a Blob as parquet-wasm asks of one. Node's own file-backed Blob reads in small pieces, in
 * five times the time; this one reads at once, and holds its thread meanwhile: a worker's, that does nothing else.
 */
export function fileBlob(descriptor: number, start: number, end: number): Blob {
  const size = end - start;
  const blob: Pick<Blob, 'size' | 'slice' | 'arrayBuffer'> = {
    size,
    slice: (from = 0, to = size) => fileBlob(descriptor, start + from, Math.min(start + to, end)),
    arrayBuffer: () => Promise.resolve(bufferOf(readRange(descriptor, start, size))),
  };
  return blob as Blob;
}

/** Shorter than asked for where the file has become so. */
function bufferOf({ buffer, byteLength }: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return byteLength === buffer.byteLength ? buffer : buffer.slice(0, byteLength);
}
