import { readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** Processor time of all its threads since it started. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** `USER_HZ`: /proc counts processor time in hundredths of a second whatever the kernel's own tick. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** What a process takes, on Linux; undefined elsewhere, where /proc is hidden, and once it has ended. */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a name that may hold anything, in parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [userTicks, systemTicks, pages] = [fields[11], fields[12], fields[21]].map(Number);
    return { cpuMs: (userTicks + systemTicks) * TICK_MS, residentBytes: pages * PAGE_BYTES };
  } catch {
    return undefined;
  }
}
