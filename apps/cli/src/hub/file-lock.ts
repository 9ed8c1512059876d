import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '@triptych/core';
import { complain } from '../output/complain.js';

/** How often the holder of a lock shows that it is alive. */
const SIGN_OF_LIFE_MS = 2000;
/**
 * A lock that shows no sign of life while it is watched for so long is nobody's: its process has ended, perhaps on another machine. What its
 * time says is not compared with the time here: the clocks of machines differ.
 */
const ABANDONED_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/** What a lock's file says of its holder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Where `pid` means something; see {@link pidSpace}. */
  readonly space: string;
  /** Of this lock alone. */
  readonly id: string;
}

export interface FileLock {
  release(): Promise<void>;
}

/** Locks of this process, by their ids. */
const held = new Set<string>();

/**
 * Takes the lock that the file `path` stands for. Waits while another process holds it, and says so once: `doing` is what that
 * process does. Undefined once `isDone`: there is nothing to lock any more. Rejects where the file cannot be made.
 */
export async function lockFile(
  path: string,
  doing: string,
  isDone: () => boolean = () => false,
  abandonedMs = ABANDONED_MS,
): Promise<FileLock | undefined> {
  const me: Holder = { pid: process.pid, host: hostname(), space: pidSpace(), id: randomUUID() };
  const content = JSON.stringify(me);
  let isWaiting = false;
  let seen = { sign: '', at: 0 };
  while (!isDone()) {
    if (await create(path, content)) return hold(path, content, me.id);
    const found = await Promise.all([stat(path), readFile(path, 'utf8')]).catch(() => undefined);
    // It has just been released.
    if (!found) continue;
    const [{ mtimeMs }, text] = found;
    const [sign, now] = [`${mtimeMs} ${text}`, performance.now()];
    if (sign !== seen.sign) seen = { sign, at: now };
    const holder = holderOf(text);
    if (now - seen.at > abandonedMs || hasEnded(holder)) await breakLock(path, text);
    else {
      if (!isWaiting) complain(`waiting for ${nameOf(holder)}, which ${doing}`);
      isWaiting = true;
      await sleep(LOOK_AGAIN_MS);
    }
  }
  return undefined;
}

/**
 * Where PIDs mean the same: this boot of this machine, and in it this container. Empty where the system does not tell: only a
 * lock's signs of life count there.
 */
export function pidSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** False where the file is there already. */
async function create(path: string, content: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(path, 'wx');
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

function hold(path: string, content: string, id: string): FileLock {
  held.add(id);
  const alive = setInterval(
    () => void utimes(path, new Date(), new Date()).catch(() => undefined),
    SIGN_OF_LIFE_MS,
  );
  // Whoever took it for abandoned has put its own there.
  const remove = () => {
    try {
      if (readFileSync(path, 'utf8') === content) rmSync(path);
    } catch {
      // It is gone.
    }
  };
  process.once('exit', remove);
  return {
    release: () => {
      clearInterval(alive);
      process.off('exit', remove);
      held.delete(id);
      remove();
      return Promise.resolve();
    },
  };
}

/** Undefined while it is being written. */
function holderOf(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

/** Whether the process of a lock is known to have ended. */
function hasEnded(holder: Holder | undefined): boolean {
  // The PID of another machine or container says nothing here.
  if (!holder || holder.space === '' || holder.space !== pidSpace()) return false;
  // An earlier process had this one's PID.
  if (holder.pid === process.pid) return !held.has(holder.id);
  return !isRunning(holder.pid);
}

function nameOf(holder: Holder | undefined): string {
  if (!holder) return 'another process';
  return holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
}

/** Of several that find a lock abandoned, one takes it away; a lock that took its place meanwhile is put back. */
async function breakLock(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const taken = await readFile(aside, 'utf8').catch(() => content);
  if (taken !== content) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
