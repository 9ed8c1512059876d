import { closeSync, fstatSync, openSync } from 'node:fs';
import { messageOf, problemOf, TriptychError } from '@triptych/core';
import type { Table } from 'apache-arrow';
import { arrow } from './arrow.js';
import { type BinaryColumn, binaryColumn } from './binary-column.js';
import { fileBlob } from './file-blob.js';
import { parquetWasm } from './parquet-wasm.js';

/** An open Parquet file, whose large values are decoded one row group at a time: only one is in memory. */
export interface RowGroups {
  readonly columns: readonly string[];
  /** Each row group's rows, and its bytes before compression. */
  readonly groups: readonly { readonly rows: number; readonly bytes: number }[];
  /** Decodes some columns of all row groups: small ones. */
  table(columns: readonly string[]): Promise<Table>;
  /** Decodes one column of large values, of one row group. */
  binary(group: number, column: string): Promise<BinaryColumn>;
  close(): void;
}

/** Opens a Parquet file by its footer. Throws WEIGHTS_MISSING or WEIGHTS_CORRUPT naming the file. */
export async function openRowGroups(path: string): Promise<RowGroups> {
  const descriptor = open(path);
  const corrupt = (cause: unknown) =>
    new TriptychError('WEIGHTS_CORRUPT', `${path}: not a readable Parquet file (${messageOf(cause)})`, {
      cause,
    });
  const whole = fileBlob(descriptor, 0, fstatSync(descriptor).size);
  const file = await parquetWasm.ParquetFile.fromFile(whole).catch((cause: unknown) => {
    closeSync(descriptor);
    throw corrupt(cause);
  });
  const decode = (columns: readonly string[], group?: number) =>
    file
      .read({ columns: [...columns], ...(group === undefined ? {} : { rowGroups: [group] }) })
      .catch((cause: unknown) => {
        throw corrupt(cause);
      });
  const metadata = file.metadata();
  return {
    columns: arrow.tableFromIPC(file.schema().intoIPCStream()).schema.fields.map((f) => f.name),
    groups: Array.from({ length: metadata.numRowGroups() }, (_, i) => {
      const group = metadata.rowGroup(i);
      return { rows: group.numRows(), bytes: group.totalByteSize() };
    }),
    table: async (columns) => arrow.tableFromIPC((await decode(columns)).intoIPCStream()),
    binary: async (group, column) => binaryColumn(await decode([column], group), column),
    close: () => {
      file.free();
      closeSync(descriptor);
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new TriptychError('WEIGHTS_MISSING', `${path}: cannot be opened (${problemOf(cause)})`, { cause });
  }
}
