import { rename, rm } from 'node:fs/promises';
import { TriptychError } from '@triptych/core';
import type { EncodedVector } from '../encode/encoded-vector.js';
import { jsonLines } from './json-lines.js';
import { numpyFile } from './numpy.js';
import { parquetFile } from './parquet.js';

/** Where encoded windows go, one by one. */
export interface VectorWriter {
  write(window: EncodedVector): Promise<void>;
  /** Completes the output. */
  close(): Promise<void>;
}

export const formats = ['jsonl', 'npy', 'parquet'] as const;
export type Format = (typeof formats)[number];

/** Opens an output. Files appear under their name only when they are complete. Throws CONFIG_INVALID. */
export function openWriter(
  format: Format,
  path: string | undefined,
): VectorWriter & { discard(): Promise<void> } {
  if (path === undefined) {
    if (format !== 'jsonl')
      throw new TriptychError('CONFIG_INVALID', `--format ${format} needs --output FILE`);
    return { ...jsonLines(process.stdout), discard: () => Promise.resolve() };
  }
  const partial = `${path}.${process.pid}.partial`;
  const writer = { jsonl: jsonLines, npy: numpyFile, parquet: parquetFile }[format](partial);
  return {
    write: (window) => writer.write(window),
    close: async () => {
      await writer.close();
      await rename(partial, path);
    },
    discard: async () => {
      await writer.close().catch(() => undefined);
      await rm(partial, { force: true });
    },
  };
}
