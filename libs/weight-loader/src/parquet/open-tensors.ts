import { readTensor } from '@triptych/core';
import type { TensorEntry } from './header.js';
import { type LocatedTensors, locateTensors } from './locate.js';
import type { SchemaVersion } from './schema.js';
import type { TensorFile } from './tensor-file.js';

/**
 * Opens a weights file for those of its tensors that are wanted, whatever program wrote it. For a worker: what is damaged may end the
 * thread, and memory that decoding took comes back with its end. Throws WEIGHTS_MISSING, WEIGHTS_CORRUPT or WEIGHTS_SCHEMA.
 */
export async function openTensors(
  path: string,
  wanted: (name: string) => boolean = () => true,
): Promise<TensorFile> {
  const located = locateTensors(path);
  if (located) return readWhereTheyLie(path, located, wanted);
  // Arrow and the decoder take longer to load than a small model does.
  const { decodeTensors } = await import('./decode.js');
  return decodeTensors(path, wanted);
}

function readWhereTheyLie(
  path: string,
  { version, tensors }: LocatedTensors,
  wanted: (name: string) => boolean,
): TensorFile {
  const own = tensors.filter(({ header }) => wanted(header.name));
  return {
    version,
    headers: own.map(({ header }) => header),
    *read() {
      for (const { header, ...place } of own) yield { ...header, data: readTensor(path, header.name, place) };
    },
    close: () => undefined,
  };
}

/** Names, shapes and dtypes of a weights file, without its data. */
export async function listTensors(path: string): Promise<{ version: SchemaVersion; tensors: TensorEntry[] }> {
  const file = await openTensors(path);
  file.close();
  return { version: file.version, tensors: file.headers.map(({ quantization: _, ...entry }) => entry) };
}
