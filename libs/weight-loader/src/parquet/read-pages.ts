import { closeSync, openSync } from 'node:fs';
import { readRange } from '@triptych/core';
import type { StoredTensor } from '../numbers/stored-tensor.js';
import { checkDecodable, corrupt, LARGEST_DECODED_BYTES, tensorOf } from './decodable.js';
import { nameOf, readHeader, type TensorHeader } from './header.js';
import { dataBytes } from './layout.js';
import { locateStrings } from './page-values.js';
import type { PagedTensors } from './paged-tensors.js';
import type { Page } from './pages.js';
import { isInShare, type Selection, type TensorFile } from './tensor-file.js';

/** A page with tensors that are wanted: the headers of its rows, undefined where nobody wants them. */
interface WantedPage {
  readonly page: Page;
  readonly headers: readonly (TensorHeader | undefined)[];
}

/**
 * The tensors of a file whose pages were found: each page is decompressed at once, and its tensors are taken from where they lie in it. Throws
 * as {@link decodeTensors} does.
 */
export function readPages(path: string, tensors: PagedTensors, selection: Selection): TensorFile {
  const { version, rows, data } = tensors;
  const { wanted = () => true } = selection;
  let next = 0;
  const all = data.pages.map((page): WantedPage => {
    const own = rows.slice(next, (next += page.numValues));
    return { page, headers: own.map((row) => (wanted(nameOf(row)) ? readHeader(row, version) : undefined)) };
  });
  const own = all
    .filter(({ headers }) => headers.some((header) => header !== undefined))
    .filter((_, n) => isInShare(n, selection));
  return {
    version,
    headers: own.flatMap(({ headers }) => headers.filter((header) => header !== undefined)),
    read: () => readAll(path, tensors, own),
    close: () => undefined,
  };
}

function* readAll(
  path: string,
  { data, unpack }: PagedTensors,
  pages: readonly WantedPage[],
): Generator<StoredTensor> {
  for (const { headers } of pages)
    for (const header of headers)
      if (header) checkDecodable(header.name, dataBytes(header), LARGEST_DECODED_BYTES, path);
  const file = openSync(path, 'r');
  try {
    for (const { page, headers } of pages) {
      const bytes = unpack(readRange(file, page.byteOffset, page.byteLength), page);
      const places =
        bytes && locateStrings(page, data.nesting, (at, length) => bytes.subarray(at, at + length));
      if (!places)
        throw corrupt(path, `a page does not hold the ${page.numValues} values that it is to hold`);
      for (const [row, header] of headers.entries()) {
        const { byteOffset, byteLength } = places[row];
        if (header) yield tensorOf(header, bytes.subarray(byteOffset, byteOffset + byteLength), path);
      }
    }
  } finally {
    closeSync(file);
  }
}
