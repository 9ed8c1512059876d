import { closeSync, fstatSync, openSync } from 'node:fs';
import { readRange } from '@triptych/core';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
// Its index has whole queries, too, in twice the time.
import { parquetMetadataAsync } from 'hyparquet/src/metadata.js';
import type { TensorHeader } from './header.js';
import { locateValues, type Place } from './pages.js';
import { openTensors } from './read.js';

/** A tensor, and where its bytes lie in the file. */
export interface LocatedTensor extends Place {
  readonly header: TensorHeader;
}

/**
 * Finds the tensors inside an uncompressed weights file, without reading their data. undefined where the file cannot be read
 * this way: parquet-wasm reads what is compressed, and says what is wrong with what is damaged.
 */
export async function locateTensors(path: string): Promise<LocatedTensor[] | undefined> {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return await locate(descriptor, path);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

async function locate(descriptor: number, path: string): Promise<LocatedTensor[] | undefined> {
  const file: AsyncBuffer = {
    byteLength: fstatSync(descriptor).size,
    slice: (start, end) => {
      const { buffer, byteLength } = readRange(descriptor, start, (end ?? file.byteLength) - start);
      return buffer.slice(0, byteLength);
    },
  };
  const places = locateData(descriptor, await parquetMetadataAsync(file));
  if (!places) return undefined;
  // Values are parquet-wasm's to decode: hyparquet believes a run whatever length it claims, and V8 ends the process over it.
  const tensors = await openTensors(path);
  tensors.close();
  return tensors.groups.flatMap(({ group, rows }) =>
    rows.map(({ row, header }) => ({ header, ...places[group][row] })),
  );
}

/** Where the data of each row of each row group lies. */
function locateData(descriptor: number, { schema, row_groups }: FileMetaData): Place[][] | undefined {
  const optional = schema.find(({ name }) => name === 'data')?.repetition_type === 'OPTIONAL';
  const places: Place[][] = [];
  for (const { columns } of row_groups) {
    const column = columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === 'data')?.meta_data;
    if (!column || column.dictionary_page_offset) return undefined;
    const found = locateValues(descriptor, { ...column, start: Number(column.data_page_offset), optional });
    if (!found) return undefined;
    places.push(found);
  }
  return places;
}
