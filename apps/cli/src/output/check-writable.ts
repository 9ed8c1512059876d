import { open, rm, stat } from 'node:fs/promises';
import { problemOf, TriptychError } from '@triptych/core';

/** Checks before anything is computed that a file can be written where a flag wants it. Throws CONFIG_INVALID. */
export async function checkWritable(flag: string, path: string): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory())
    throw new TriptychError('CONFIG_INVALID', `${flag} ${path}: is a directory; expected the name of a file`);
  const probe = `${path}.${process.pid}.partial`;
  try {
    await (await open(probe, 'w')).close();
    await rm(probe);
  } catch (cause) {
    throw new TriptychError('CONFIG_INVALID', `${flag} ${path}: ${problemOf(cause)}`, { cause });
  }
}
