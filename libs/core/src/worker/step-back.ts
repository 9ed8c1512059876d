import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { threadSettings } from './thread-settings.js';

/**
 * Of who computes or decodes what callers wait for: the event loop goes first where both want a core, and gets two and a half times as much. With a
 * niceness of 10 it got nine times as much, and where clients and server kept all cores busy, batches of some milliseconds took a hundred.
 */
export const WORKER_NICENESS = 4;

/**
 * Gives this thread, and those that it starts from now on, a niceness: others go first where both want a core. On Linux alone are
 * priorities those of threads; elsewhere, where /proc is hidden, and where {@link ThreadSettings} say so, all stay equal.
 */
export function stepBack(niceness: number): void {
  if (process.platform !== 'linux' || !threadSettings().stepBack) return;
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), niceness);
  } catch {
    // As equal as the others.
  }
}

/** {@link stepBack} for a process that has just been started: the threads that it will have are as nice as its first. */
export function stepBackChild(pid: number, niceness: number): void {
  if (!threadSettings().stepBack) return;
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended, or stays as equal as the others.
  }
}
