import { rename, rm } from 'node:fs/promises';
import { TriptychError } from '@triptych/core';
import type { EncodedVector } from '../encode/encoded-vector.js';
import type { Identity } from '../encode/identity.js';
import { checkWritable } from './check-writable.js';
import { jsonLines } from './json-lines.js';

/** Where encoded windows go, one by one. */
export interface VectorWriter {
  /** Comes first, with the models whose vectors follow. */
  begin(identities: readonly Identity[]): Promise<void>;
  /** May be called again before it resolves: vectors are written in the order of the calls. */
  write(window: EncodedVector): Promise<void>;
  /** Completes the output. */
  close(): Promise<void>;
}

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

/** Values of one vector, where all are to have as many. Throws CONFIG_INVALID. */
export function checkWidth({ source, shape }: EncodedVector, before: number | undefined): number {
  const width = shape[shape.length - 1];
  if (before === undefined || width === before) return width;
  throw new TriptychError(
    'CONFIG_INVALID',
    `${source}: a vector of ${width} values after vectors of ${before}; this format takes one width: encode them into ` +
      'files of their own, use --dimensions, or --format jsonl',
  );
}
