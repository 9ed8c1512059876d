import { openAsBlob } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import type { ReadableStream } from 'node:stream/web';
import { problemOf, TriptychError } from '@triptych/core';
import { type Table, tableFromIPC } from 'apache-arrow';
import { ParquetFile, type ParquetMetaData, type RecordBatch } from 'parquet-wasm';
import { checkDecodable, corrupt, LARGEST_DECODED_BYTES, tensorOf } from './decodable.js';
import { headerColumns, nameOf, readHeader, type Row } from './header.js';
import { dataBytes } from './layout.js';
import { schemaVersion } from './schema.js';
import { isInShare, type Selection, type TensorFile } from './tensor-file.js';
import { eachUntilTrap, isTrap, untilTrap } from './trap.js';

/** A tensor is decoded when the one before has been taken. */
const ROWS_AT_A_TIME = 1;

/**
 * Opens a weights file that any program wrote, for those of its tensors that are wanted. For a worker: what is damaged may end the
 * thread, and memory that decoding took comes back with its end. Throws WEIGHTS_MISSING, WEIGHTS_CORRUPT or WEIGHTS_SCHEMA; reading also does
 * where a tensor has more than `largest` bytes.
 */
export async function decodeTensors(
  path: string,
  selection: Selection = {},
  largest = LARGEST_DECODED_BYTES,
): Promise<TensorFile> {
  const { wanted = () => true } = selection;
  const file = await open(path);
  let hasTrapped = false;
  const failed = (cause: unknown) => {
    hasTrapped ||= isTrap(cause);
    return corrupt(path, cause);
  };
  const decode = <T>(decoding: Promise<T>) =>
    untilTrap(decoding).catch((cause: unknown) => {
      throw failed(cause);
    });
  const columns = tableFromIPC(file.schema().intoIPCStream()).schema.fields.map(({ name }) => name);
  const version = schemaVersion(columns, path);
  const described = await decode(file.read({ columns: headerColumns(version) }));
  const rows = rowsOf(tableFromIPC(described.intoIPCStream()));
  const groups = rowGroups(file.metadata())
    .filter(({ first, end }) => rows.slice(first, end).some((row) => wanted(nameOf(row))))
    .filter((_, n) => isInShare(n, selection));
  // A tensor's header by its row; undefined where nobody wants it.
  const headers = groups.flatMap(({ first, end }) =>
    rows.slice(first, end).map((row) => (wanted(nameOf(row)) ? readHeader(row, version) : undefined)),
  );
  return {
    version,
    headers: headers.filter((header) => header !== undefined),
    async *read() {
      for (const header of headers) if (header) checkDecodable(header.name, dataBytes(header), largest, path);
      const options = {
        columns: ['data'],
        rowGroups: groups.map(({ index }) => index),
        batchSize: ROWS_AT_A_TIME,
      };
      const batches = (await decode(file.stream(options))) as ReadableStream<RecordBatch>;
      let row = 0;
      for await (const value of valuesOf(batches, failed)) {
        const header = headers[row++];
        if (header) yield tensorOf(header, value, path);
      }
      if (row !== headers.length)
        throw corrupt(path, `${row} of ${headers.length} values of column data were found`);
    },
    // What was under way when it trapped still has the file.
    close: () => {
      if (!hasTrapped) file.free();
    },
  };
}

async function open(path: string): Promise<ParquetFile> {
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    throw new TriptychError('WEIGHTS_MISSING', `${path}: cannot be opened (${problemOf(cause)})`, { cause });
  }
  try {
    return await untilTrap(ParquetFile.fromFile(await openAsBlob(path)));
  } catch (cause) {
    throw corrupt(path, cause);
  }
}

/** The rows of each row group, by their indices in the file. */
function rowGroups(metadata: ParquetMetaData): { index: number; first: number; end: number }[] {
  let end = 0;
  return metadata.rowGroups().map((group, index) => {
    const first = end;
    end += group.numRows();
    return { index, first, end };
  });
}

/** The rows of a table. Each column is taken as a whole: one value at a time would look for its chunk anew. */
function rowsOf(table: Table): Row[] {
  const columns = new Map(
    table.schema.fields.map(({ name }) => [name, [...(table.getChild(name) ?? [])] as unknown[]]),
  );
  return Array.from({ length: table.numRows }, (_, index) => (column) => columns.get(column)?.[index]);
}

/** The values of the only column of batches that are decoded as they are asked for. */
async function* valuesOf(
  batches: ReadableStream<RecordBatch>,
  failed: (cause: unknown) => Error,
): AsyncGenerator<unknown> {
  try {
    for await (const batch of eachUntilTrap(batches))
      yield* tableFromIPC(batch.intoIPCStream()).getChildAt(0) ?? [];
  } catch (cause) {
    throw failed(cause);
  }
}
