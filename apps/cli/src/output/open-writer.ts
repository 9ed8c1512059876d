import { rename, rm } from 'node:fs/promises';
import { TriptychError } from '@triptych/core';
import { checkWritable } from './check-writable.js';
import { jsonLines } from './json-lines.js';
import type { VectorWriter } from './vector-writer.js';

export const formats = ['jsonl', 'npy', 'parquet'] as const;
export type Format = (typeof formats)[number];

/** Writers of files, by format: the files that they write beside `path`, by what is added to its name. */
const files: Readonly<
  Record<Format, { readonly suffixes: readonly string[]; open(path: string): Promise<VectorWriter> }>
> = {
  jsonl: { suffixes: [''], open: (path) => Promise.resolve(jsonLines(path)) },
  npy: {
    suffixes: ['', '.jsonl'],
    open: async (path) => (await import('./numpy.js')).numpyFile(path),
  },
  parquet: { suffixes: [''], open: async (path) => (await import('./parquet.js')).parquetFile(path) },
};

/** Opens an output. Files appear under their name only when they are complete. Throws CONFIG_INVALID. */
export async function openWriter(
  format: Format,
  path: string | undefined,
): Promise<VectorWriter & { discard(): Promise<void> }> {
  if (path === undefined) {
    if (format !== 'jsonl')
      throw new TriptychError('CONFIG_INVALID', `--format ${format} needs --output FILE`);
    return { ...jsonLines(process.stdout), discard: () => Promise.resolve() };
  }
  const partial = `${path}.${process.pid}.partial`;
  await checkWritable('--output', path);
  const { suffixes } = files[format];
  const writer = await files[format].open(partial);
  let isEmpty = true;
  return {
    begin: (identities) => writer.begin(identities),
    write: (window) => {
      isEmpty = false;
      return writer.write(window);
    },
    close: async () => {
      if (isEmpty) throw new TriptychError('FILE_UNREADABLE', `nothing was encoded; ${path} is not written`);
      await writer.close();
      for (const suffix of suffixes) await rename(`${partial}${suffix}`, `${path}${suffix}`);
    },
    discard: async () => {
      await writer.close().catch(() => undefined);
      for (const suffix of suffixes) await rm(`${partial}${suffix}`, { force: true });
    },
  };
}
