import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';

/** A picture's file, by its name without an extension. */
export interface Picture {
  readonly id: string;
  readonly encoded: Buffer;
}

export function readPictures(paths: readonly string[]): Promise<Picture[]> {
  return Promise.all(
    paths.map(async (path) => ({ id: basename(path, extname(path)), encoded: await readFile(path) })),
  );
}
