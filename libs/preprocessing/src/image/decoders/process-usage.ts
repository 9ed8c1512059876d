import { readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** Processor time of all its threads since it started. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** `USER_HZ`: /proc counts processor time in hundredths of a second whatever the kernel's own tick. */
const TICK_MS = 10;

/** What a process takes, on Linux; undefined elsewhere, where /proc is hidden, and once it has ended. */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a name that may hold anything, in parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [userTicks, systemTicks] = [fields[11], fields[12]].map(Number);
    return { cpuMs: (userTicks + systemTicks) * TICK_MS, residentBytes: residentBytes(pid) };
  } catch {
    return undefined;
  }
}

/** Where `stat` counts pages, of a size that is the kernel's, `status` has bytes. A process that is ending has none. */
function residentBytes(pid: number): number {
  const [, kilobytes = '0'] =
    /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(kilobytes) * 1024;
}
