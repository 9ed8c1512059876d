import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 250;

interface Starter {
  readonly pid: number;
  readonly name: string;
}

/**
 * Tells once when a process ends that has started this one and waits for it. npm passes SIGTERM to the shell that it runs a
 * command in, and a shell passes it to nobody: without this the command would go on with nobody to stop it.
 *
 * Such are the processes above this one, as far up as each is in the same process group and has no other child. An
 * interactive shell gives every command a group of its own, and so does `setsid`; a script that does something else beside
 * a command in the background has another child. Those may end without ending it. Read from Linux's /proc; elsewhere, and
 * where it shows nothing, nobody is watched.
 */
export function watchStarters(onEnded: (name: string) => void): void {
  const starters = findStarters();
  if (starters.length === 0) return;
  const timer = setInterval(() => {
    const ended = look(starters);
    if (ended) onEnded(`${ended.name} (${ended.pid})`);
    if (ended || starters.length === 0) clearInterval(timer);
  }, LOOK_EVERY_MS);
  timer.unref();
}

function findStarters(): Starter[] {
  const own = readProcess(process.pid);
  const starters: Starter[] = [];
  let below = own;
  while (below) {
    const above = readProcess(below.parent);
    if (!above || above.group !== own!.group || childrenOf(above.pid).join() !== String(below.pid)) break;
    starters.push(above);
    below = above;
  }
  return starters;
}

/** The first that has ended; forgets those who have started something else since. */
function look(starters: Starter[]): Starter | undefined {
  let below = process.pid;
  for (const [i, starter] of starters.entries()) {
    // In this order: one that ends meanwhile has no child any more, and is the parent of none.
    const children = childrenOf(starter.pid);
    if (readProcess(below)?.parent !== starter.pid) return starter;
    // One whose first thread has ended, and others not yet, shows no child at all: it will be gone next time.
    if (children.some((child) => child !== below)) {
      starters.length = i;
      return undefined;
    }
    below = starter.pid;
  }
  return undefined;
}

interface Process extends Starter {
  readonly parent: number;
  readonly group: number;
}

function readProcess(pid: number): Process | undefined {
  // PID (NAME) STATE PARENT GROUP …; the name may hold anything.
  const [, name, parent, group] = /^\d+ \((.*)\) \S (\d+) (\d+) /s.exec(read(`/proc/${pid}/stat`)) ?? [];
  return name === undefined ? undefined : { pid, name, parent: Number(parent), group: Number(group) };
}

/** Those that its first thread has started. */
function childrenOf(pid: number): number[] {
  return (read(`/proc/${pid}/task/${pid}/children`).match(/\d+/g) ?? []).map(Number);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
