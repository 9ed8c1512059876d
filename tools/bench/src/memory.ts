import { readdirSync, readFileSync } from 'node:fs';

/** A process and all that it has started, by their ids. */
function tree(pid: number): number[] {
  const found = [pid];
  for (const parent of found) {
    for (const thread of readdirSync(`/proc/${parent}/task`)) {
      const children = readFileSync(`/proc/${parent}/task/${thread}/children`, 'utf8').trim();
      if (children !== '') found.push(...children.split(' ').map(Number));
    }
  }
  return found;
}

/** What a process and its children have in memory, in MiB; pages that several share count once in all (PSS). Linux. */
export function memoryOfTreeMb(pid: number): number {
  const kibibytes = tree(pid).map((one) =>
    Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1]),
  );
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}
