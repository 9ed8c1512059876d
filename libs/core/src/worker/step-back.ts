import { readdirSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * Gives this thread, and those that it starts from now on, a niceness: others go first where both want a core. On Linux alone are
 * priorities those of threads; elsewhere, and where /proc is hidden, all stay equal.
 */
export function stepBack(niceness: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), niceness);
  } catch {
    // As equal as the others.
  }
}

/** {@link stepBack} for every thread that this process has. */
export function stepBackProcess(niceness: number): void {
  if (process.platform !== 'linux') return;
  try {
    for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), niceness);
  } catch {
    // As equal as the others.
  }
}
