import { readlinkSync } from 'node:fs';
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

/** {@link stepBack} for a process that has just been started: the threads that it will have are as nice as its first. */
export function stepBackChild(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended, or stays as equal as the others.
  }
}
