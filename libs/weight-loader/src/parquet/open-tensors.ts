import { readTensor } from '@triptych/core';
import type { TensorEntry } from './header.js';
import { locateTensors } from './locate.js';
import type { LocatedTensors } from './located.js';
import { openPages } from './paged-tensors.js';
import { readPages } from './read-pages.js';
import type { SchemaVersion } from './schema.js';
import { isInShare, type Selection, type TensorFile } from './tensor-file.js';

/**
 * What reads weights. `auto`: readers of our own, where a file is laid out so that they can; a server leaves tensors in it that lie there as they
 * are. `decoder`: parquet-wasm and apache-arrow alone, whoever wrote the file, into memory.
 */
export type WeightsReader = 'auto' | 'decoder';

/**
 * Opens a weights file for those of its tensors that are wanted, whatever program wrote it. For a worker: what is damaged may end the
 * thread, and memory that decoding took comes back with its end. Throws WEIGHTS_MISSING, WEIGHTS_CORRUPT or WEIGHTS_SCHEMA.
 */
export async function openTensors(
  path: string,
  selection: Selection = {},
  reader: WeightsReader = 'auto',
): Promise<TensorFile> {
  if (reader === 'auto') {
    const located = locateTensors(path);
    if (located) return readWhereTheyLie(path, located, selection);
    const paged = await openPages(path);
    if (paged) return readPages(path, paged, selection);
  }
  // Arrow and the decoder take longer to load than a small model does.
  const { decodeTensors } = await import('./decode.js');
  return decodeTensors(path, selection);
}

function readWhereTheyLie(
  path: string,
  { version, tensors }: LocatedTensors,
  selection: Selection,
): TensorFile {
  const { wanted = () => true } = selection;
  const own = tensors.filter(({ header }) => wanted(header.name)).filter((_, n) => isInShare(n, selection));
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
