import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';

/** A row group is closed once it holds this much: so that a reader never needs much more. */
const ROW_GROUP_BYTES = 4 * 1024 * 1024;

/**
 * Writes tables, Arrow IPC streams of one schema, as a Parquet file compressed with zstd, with row groups of bounded size.
 * `metadata`: what the file says of itself, by key. Fails where the file exists.
 */
export async function writeParquet(
  path: string,
  tables: AsyncIterable<Uint8Array>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  // Its WebAssembly takes a while to load: whoever writes no file does without.
  const { Compression, EnabledStatistics, Table, transformParquetStream, WriterPropertiesBuilder } =
    await import('parquet-wasm');
  let failure: { readonly thrown: unknown } | undefined;
  async function* batches() {
    try {
      for await (const table of tables) {
        const copy = Table.fromIPCStream(table);
        const batch = copy.recordBatches()[0];
        copy.free();
        yield batch;
      }
    } catch (thrown) {
      // The writer would take the error for the end and complete the file.
      failure = { thrown };
    }
  }
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setMaxRowGroupBytes(ROW_GROUP_BYTES)
    .setDictionaryEnabled(false)
    .setStatisticsEnabled(EnabledStatistics.None)
    .setCreatedBy('triptych')
    .setKeyValueMetadata(new Map(Object.entries(metadata)))
    .build();
  try {
    const parquet = await transformParquetStream(Readable.toWeb(Readable.from(batches())), properties);
    await pipeline(Readable.fromWeb(parquet as NodeReadableStream), createWriteStream(path, { flags: 'wx' }));
  } finally {
    // Where there was no first batch the writer fails of that.
    if (failure) throw failure.thrown;
  }
}
