import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { TriptychError } from '@triptych/core';
import type { TriptychClient } from '@triptych/client';

/** A picture, and what a model wrote of it. */
export interface Description {
  readonly name: string;
  readonly text: string;
}

/** Has pictures described, in one call. */
export async function describe(client: TriptychClient, paths: readonly string[]): Promise<Description[]> {
  const images = await Promise.all(
    paths.map(async (path) => ({ id: basename(path, extname(path)), encoded: await readFile(path) })),
  );
  const { captions } = await client.caption({ images });
  return captions.map(({ id, text, error }) => {
    if (error) throw new TriptychError('INTERNAL', `${id}: ${error.message}`);
    return { name: id, text };
  });
}
