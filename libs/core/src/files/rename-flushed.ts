import { open, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What systems say that flush nothing which was opened for reading, or no directories: some network file systems, Windows. */
const UNFLUSHABLE: ReadonlySet<unknown> = new Set(['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM']);

/**
 * Gives a file, or a directory with all that is in it, its final name once its contents are on the disk: a machine that crashes, or
 * loses its power, leaves it whole or without that name.
 */
export async function renameFlushed(from: string, to: string): Promise<void> {
  await flushAll(from);
  await rename(from, to);
  await flush(dirname(to));
}

async function flushAll(path: string): Promise<void> {
  if ((await stat(path)).isDirectory())
    for (const name of await readdir(path)) await flushAll(join(path, name));
  await flush(path);
}

async function flush(path: string): Promise<void> {
  try {
    const file = await open(path);
    await file.sync().finally(() => file.close());
  } catch (thrown) {
    if (!UNFLUSHABLE.has((thrown as NodeJS.ErrnoException).code)) throw thrown;
  }
}
