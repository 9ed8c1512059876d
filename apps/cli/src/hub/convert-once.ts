import { existsSync, rmSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TriptychError } from '@triptych/core';
import { complain } from '../output/complain.js';

/** How often whoever holds a lock shows that it is alive. */
const SIGN_OF_LIFE_MS = 2000;
/** A lock without a sign of life for so long is nobody's: its process is gone, maybe on another machine. */
const ABANDONED_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/**
 * Makes a folder of the cache unless it is there; of several processes that want it, one makes it and the others wait. `make`
 * must give it its name at once, when all is in it: should two make it after all, the first one's stays.
 */
export async function convertOnce(target: string, make: () => Promise<unknown>): Promise<void> {
  if (existsSync(target)) return;
  const lock = await acquire(`${target}.lock`, () => existsSync(target));
  try {
    if (!existsSync(target)) await make();
  } catch (thrown) {
    if (!existsSync(target)) throw thrown;
  } finally {
    await lock?.release();
  }
}

interface Lock {
  release(): Promise<void>;
}

/** Undefined once `isDone`, for then there is nothing to lock. */
async function acquire(path: string, isDone: () => boolean): Promise<Lock | undefined> {
  const me = JSON.stringify({ pid: process.pid, host: hostname() });
  let isWaiting = false;
  while (!isDone()) {
    if (await create(path, me)) return hold(path);
    const holder = await holderOf(path);
    if (holder === 'nobody') await breakLock(path);
    else if (holder !== 'gone') {
      if (!isWaiting) complain(`waiting for ${holder}, which converts the same model`);
      isWaiting = true;
      await sleep(LOOK_AGAIN_MS);
    }
  }
  return undefined;
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx');
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new TriptychError(
      'FILE_UNREADABLE',
      `the cache of converted models cannot be written (${messageOf(cause)}); name another folder with ` +
        'TRIPTYCH_CACHE, or convert the checkpoint beforehand with triptych convert',
      { cause },
    );
  }
}

function hold(path: string): Lock {
  const alive = setInterval(
    () => void utimes(path, new Date(), new Date()).catch(() => undefined),
    SIGN_OF_LIFE_MS,
  );
  const onExit = () => rmSync(path, { force: true });
  process.once('exit', onExit);
  return {
    release: async () => {
      clearInterval(alive);
      process.off('exit', onExit);
      await rm(path, { force: true });
    },
  };
}

/** Who holds a lock: `nobody` where its process ended without releasing it, `gone` where there is none any more. */
async function holderOf(path: string): Promise<string> {
  const found = await Promise.all([stat(path), readFile(path, 'utf8')]).catch(() => undefined);
  if (!found) return 'gone';
  const [{ mtimeMs }, text] = found;
  if (Date.now() - mtimeMs > ABANDONED_MS) return 'nobody';
  const [, pid, host] = /^\{"pid":(\d+),"host":"(.*)"\}$/.exec(text) ?? [];
  // It is being written.
  if (pid === undefined) return 'another process';
  if (host === hostname() && !isRunning(Number(pid))) return 'nobody';
  return host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
}

/** Of several that find a lock abandoned, one takes it away. */
async function breakLock(path: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
