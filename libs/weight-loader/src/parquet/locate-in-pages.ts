import { readRange, withFile } from '@triptych/core';
import { readHeader } from './header.js';
import { dataBytes } from './layout.js';
import type { LocatedTensor, LocatedTensors, Place } from './located.js';
import { locateStrings } from './page-values.js';
import { openPages, type PagedTensors } from './paged-tensors.js';

/**
 * Finds the tensors inside an uncompressed file that any program wrote, by the headers of its pages. undefined where it has to be decoded. Throws
 * as {@link readHeader} does.
 */
export async function locateInPages(path: string): Promise<LocatedTensors | undefined> {
  const tensors = await openPages(path);
  const places = tensors && placesOf(path, tensors);
  if (places?.length !== tensors?.rows.length || !tensors || !places) return undefined;
  const { version, rows } = tensors;
  const located = rows.map((row, i): LocatedTensor => ({ header: readHeader(row, version), ...places[i] }));
  const fit = located.every(({ header, byteLength }) => byteLength === dataBytes(header));
  return fit ? { version, tensors: located } : undefined;
}

/** Where the data of each row lies in the file. */
function placesOf(path: string, { data: { pages, nesting } }: PagedTensors): Place[] | undefined {
  if (pages.some(({ isCompressed, byteLength, rawBytes }) => isCompressed || byteLength !== rawBytes))
    return undefined;
  return withFile(path, (file) => {
    const places: Place[] = [];
    for (const page of pages) {
      const found = locateStrings(page, nesting, (at, length) =>
        readRange(file, page.byteOffset + at, length),
      );
      if (!found) return undefined;
      for (const { byteOffset, byteLength } of found)
        places.push({ byteOffset: page.byteOffset + byteOffset, byteLength });
    }
    return places;
  });
}
