import { openAsBlob } from 'node:fs';
import { messageOf, TriptychError } from '@triptych/core';
import type { Table } from 'apache-arrow';
import { ParquetFile } from 'parquet-wasm';
import { arrow } from './arrow.js';

/** An open Parquet file, decoded one row group at a time. */
export interface RowGroups {
  readonly columns: readonly string[];
  readonly rows: number;
  /** Decodes `columns` of each row group in turn; only one is in memory at a time. */
  read(columns: readonly string[], only?: GroupFilter): AsyncGenerator<Table>;
  close(): void;
}

/** Decodes the cheap columns `probe` of each row group first, and the rest only of those that are wanted. */
export interface GroupFilter {
  readonly probe: readonly string[];
  readonly isWanted: (probed: Table) => boolean;
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
  const metadata = file.metadata();
  return {
    columns: arrow.tableFromIPC(file.schema().intoIPCStream()).schema.fields.map((f) => f.name),
    rows: metadata.fileMetadata().numRows(),
    async *read(columns, only) {
      const decode = async (group: number, columns: readonly string[]) => {
        const table = await file
          .read({ rowGroups: [group], columns: [...columns] })
          .catch((cause: unknown) => {
            throw corrupt(cause);
          });
        return arrow.tableFromIPC(table.intoIPCStream());
      };
      for (let group = 0; group < metadata.numRowGroups(); group++) {
        if (!only || only.isWanted(await decode(group, only.probe))) yield await decode(group, columns);
      }
    },
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
