import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { scratchOf } from '@triptych/weight-loader';
import { endProcess, unlessEnding } from '../process/end-process.js';

/** Does what writes a target; where the process ends on the way, what there is of it is removed. */
export async function removedOnInterrupt<T>(target: string, work: () => Promise<T>): Promise<T> {
  const remove = () => rmSync(scratchOf(target), { recursive: true, force: true });
  // As a shell has it for what a signal ended.
  const stop = (signal: NodeJS.Signals) => void endProcess(128 + constants.signals[signal]);
  const signals = ['SIGINT', 'SIGTERM'] as const;
  process.once('exit', remove);
  for (const signal of signals) process.once(signal, stop);
  try {
    return await work();
  } finally {
    await unlessEnding();
    process.off('exit', remove);
    for (const signal of signals) process.off(signal, stop);
  }
}
