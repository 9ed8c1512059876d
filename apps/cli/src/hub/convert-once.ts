import { existsSync } from 'node:fs';
import { messageOf, TriptychError } from '@triptych/core';
import { type FileLock, lockFile } from './file-lock.js';

/**
 * Makes a folder of the cache unless it is there; of several processes that want it, one makes it and the others wait. `make`
 * must give it its name at once, when all is in it: should two make it after all, the first one's stays.
 */
export async function convertOnce(target: string, make: () => Promise<unknown>): Promise<void> {
  if (existsSync(target)) return;
  const lock = await acquire(target);
  try {
    if (!existsSync(target)) await make();
  } catch (thrown) {
    if (!existsSync(target)) throw thrown;
  } finally {
    await lock?.release();
  }
}

async function acquire(target: string): Promise<FileLock | undefined> {
  try {
    return await lockFile(`${target}.lock`, 'converts the same model', () => existsSync(target));
  } catch (cause) {
    throw new TriptychError(
      'FILE_UNREADABLE',
      `the cache of converted models cannot be written (${messageOf(cause)}); name another folder with ` +
        'TRIPTYCH_CACHE, or convert the checkpoint beforehand with triptych convert',
      { cause },
    );
  }
}
