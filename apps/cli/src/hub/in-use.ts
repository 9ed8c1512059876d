import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How often a process shows that it may still load what it has marked. */
const SIGN_OF_LIFE_MS = 60_000;
/** A mark without a sign of life for so long is nobody's: its process was killed, perhaps on another machine. */
const ABANDONED_MS = 60 * SIGN_OF_LIFE_MS;

/** This process's marks, by the folders that they stand beside. */
const marks = new Map<string, string>();
let showing: NodeJS.Timeout | undefined;

/** Marks a folder of the cache as one that this process may load again, until it ends: a model on standby is not in memory. */
export async function markInUse(folder: string): Promise<void> {
  if (marks.has(folder)) return;
  showing ??= showLife();
  const mark = `${folder}.used-by-${randomUUID()}`;
  marks.set(folder, mark);
  try {
    await mkdir(dirname(folder), { recursive: true });
    for (const old of await marksOf(folder)) if (await isAbandoned(old)) await rm(old, { force: true });
    await writeFile(mark, '');
  } catch {
    // Where nothing can be written, nothing is removed either.
    marks.delete(folder);
  }
}

/** Whether a process has marked it that may still run. */
export async function isInUse(folder: string): Promise<boolean> {
  const abandoned = await Promise.all((await marksOf(folder)).map(isAbandoned));
  return abandoned.includes(false);
}

async function isAbandoned(mark: string): Promise<boolean> {
  const found = await stat(mark).catch(() => undefined);
  return !found || Date.now() - found.mtimeMs >= ABANDONED_MS;
}

/** The files that mark a folder. */
export async function marksOf(folder: string): Promise<string[]> {
  const names = await readdir(dirname(folder));
  return names
    .filter((name) => name.startsWith(`${basename(folder)}.used-by-`))
    .map((name) => join(dirname(folder), name));
}

function showLife(): NodeJS.Timeout {
  process.once('exit', () => {
    for (const mark of marks.values()) removeIfThere(mark);
  });
  const touch = () => {
    const now = new Date();
    for (const mark of marks.values()) void utimes(mark, now, now).catch(() => undefined);
  };
  return setInterval(touch, SIGN_OF_LIFE_MS).unref();
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The cache can be written no longer: the mark grows old.
  }
}
