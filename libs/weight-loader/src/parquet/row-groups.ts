import { openAsBlob } from 'node:fs';
import { messageOf, TriptychError } from '@triptych/core';
import type { Table } from 'apache-arrow';
import { ParquetFile } from 'parquet-wasm';
import { arrow } from './arrow.js';
import { type BinaryColumn, binaryColumn } from './binary-column.js';

/** An open Parquet file, decoded one row group at a time: only one is in memory. */
export interface RowGroups {
  readonly columns: readonly string[];
  /** Bytes of each row group before compression. */
  readonly sizes: readonly number[];
  /** Decodes some columns of a row group. */
  table(group: number, columns: readonly string[]): Promise<Table>;
  /** Decodes one column of large values. */
  binary(group: number, column: string): Promise<BinaryColumn>;
  close(): void;
}

/** Opens a Parquet file by its footer. Throws WEIGHTS_MISSING or WEIGHTS_CORRUPT naming the file. */
export async function openRowGroups(path: string): Promise<RowGroups> {
  const blob = await openBlob(path);
  const corrupt = (cause: unknown) =>
    new TriptychError('WEIGHTS_CORRUPT', `${path}: not a readable Parquet file (${messageOf(cause)})`, {
      cause,
    });
  const file = await ParquetFile.fromFile(blob).catch((cause: unknown) => {
    throw corrupt(cause);
  });
  const decode = (group: number, columns: readonly string[]) =>
    file.read({ rowGroups: [group], columns: [...columns] }).catch((cause: unknown) => {
      throw corrupt(cause);
    });
  const metadata = file.metadata();
  return {
    columns: arrow.tableFromIPC(file.schema().intoIPCStream()).schema.fields.map((f) => f.name),
    sizes: Array.from({ length: metadata.numRowGroups() }, (_, i) => metadata.rowGroup(i).totalByteSize()),
    table: async (group, columns) => arrow.tableFromIPC((await decode(group, columns)).intoIPCStream()),
    binary: async (group, column) => binaryColumn(await decode(group, [column]), column),
    close: () => file.free(),
  };
}

async function openBlob(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (cause) {
    throw new TriptychError('WEIGHTS_MISSING', `${path}: cannot be opened (${messageOf(cause)})`, { cause });
  }
}
