import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renameFlushed } from './rename-flushed.js';

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-flush-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(work, { recursive: true });
});

/** The inode of each file that is flushed from now on, and whether `target` was there by then. */
async function flushesOf(target: string): Promise<{ ino: number; isThere: boolean }[]> {
  const flushes: { ino: number; isThere: boolean }[] = [];
  const handle = await open(work);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
    flushes.push({ ino: (await this.stat()).ino, isThere: existsSync(target) });
    await this.datasync();
  });
  return flushes;
}

const inode = async (...path: string[]) => (await stat(join(work, ...path))).ino;

describe('what gets its final name', () => {
  it('is flushed before, and its folder after', async () => {
    await writeFile(join(work, 'partial'), 'content');
    const flushes = await flushesOf(join(work, 'file'));
    await renameFlushed(join(work, 'partial'), join(work, 'file'));
    expect(await readFile(join(work, 'file'), 'utf8')).toBe('content');
    expect(flushes).toEqual([
      { ino: await inode('file'), isThere: false },
      { ino: await inode(), isThere: true },
    ]);
  });

  it('is flushed with all that is in it, where it is a directory', async () => {
    await mkdir(join(work, 'partial/deep'), { recursive: true });
    for (const name of ['a', 'deep/b']) await writeFile(join(work, 'partial', name), name);
    const flushes = await flushesOf(join(work, 'model'));
    await renameFlushed(join(work, 'partial'), join(work, 'model'));
    const before = flushes.filter(({ isThere }) => !isThere).map(({ ino }) => ino);
    const all = await Promise.all(['a', 'deep/b', 'deep', '.'].map((name) => inode('model', name)));
    expect(new Set(before)).toEqual(new Set(all));
    expect(flushes.at(-1)).toEqual({ ino: await inode(), isThere: true });
  });
});
