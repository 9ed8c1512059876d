import { closeSync, fstatSync, openSync } from 'node:fs';
import { readRange } from '@triptych/core';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { headerColumns, nameOf, readHeader, type TensorHeader } from './header.js';
import { locateValues, type Place } from './pages.js';
import { schemaVersion } from './schema.js';

/** A tensor, and where its bytes lie in the file. */
export interface LocatedTensor extends Place {
  readonly header: TensorHeader;
}

/**
 * Finds the tensors that are `wanted` inside an uncompressed weights file, without reading their data. undefined where the file
 * cannot be read this way: parquet-wasm reads what is compressed, and says what is wrong with what is damaged.
 */
export async function locateTensors(
  path: string,
  wanted: (name: string) => boolean,
): Promise<LocatedTensor[] | undefined> {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return await locate(descriptor, path, wanted);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

async function locate(
  descriptor: number,
  path: string,
  wanted: (name: string) => boolean,
): Promise<LocatedTensor[] | undefined> {
  const file: AsyncBuffer = {
    byteLength: fstatSync(descriptor).size,
    slice: (start, end) => {
      const { buffer, byteLength } = readRange(descriptor, start, (end ?? file.byteLength) - start);
      return buffer.slice(0, byteLength);
    },
  };
  const metadata = await parquetMetadataAsync(file);
  const places = locateData(descriptor, metadata);
  if (!places) return undefined;
  const names = metadata.schema.filter(({ name }) => name !== 'list').map(({ name }) => name);
  const version = schemaVersion(names, path);
  const rows = await parquetReadObjects({ file, metadata, columns: headerColumns(version), utf8: false });
  if (rows.length !== places.length) return undefined;
  return rows.flatMap((values, index) => {
    const row = (column: string): unknown => values[column];
    return wanted(nameOf(row)) ? [{ header: readHeader(row, version), ...places[index] }] : [];
  });
}

/** Where each row's data lies. */
function locateData(descriptor: number, { schema, row_groups }: FileMetaData): Place[] | undefined {
  const optional = schema.find(({ name }) => name === 'data')?.repetition_type === 'OPTIONAL';
  const places: Place[] = [];
  for (const { columns } of row_groups) {
    const column = columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === 'data')?.meta_data;
    if (!column || column.dictionary_page_offset) return undefined;
    const found = locateValues(descriptor, { ...column, start: Number(column.data_page_offset), optional });
    if (!found) return undefined;
    places.push(...found);
  }
  return places;
}
