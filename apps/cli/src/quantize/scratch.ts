import { rmSync } from 'node:fs';
import { scratchOf } from '@triptych/weight-loader';

/** Does what writes a target; Ctrl-C on the way removes what there is of it. */
export async function removedOnInterrupt<T>(target: string, work: () => Promise<T>): Promise<T> {
  const stop = () => {
    rmSync(scratchOf(target), { recursive: true, force: true });
    process.exit(130);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, stop);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
