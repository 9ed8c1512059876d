import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { collectWhenIdle } from './collect-when-idle.js';

const MB = 1024 * 1024;

/** Buffers that survive the collections of young ones, then are garbage. */
async function growOldAndDie(bytes: number): Promise<void> {
  const buffers: ArrayBuffer[] = [];
  for (let made = 0; made < bytes; made += MB / 32) {
    buffers.push(new ArrayBuffer(MB / 32));
    if (made % (4 * MB) === 0) await sleep(40);
  }
}

it('collects the buffers of a load that is over, also where it was collected meanwhile', async () => {
  const stop = collectWhenIdle({ everyMs: 50 });
  try {
    await sleep(250);
    const before = process.memoryUsage().external;
    await growOldAndDie(48 * MB);
    const until = performance.now() + 30_000;
    let held = Infinity;
    while (held > before + 16 * MB && performance.now() < until) {
      await sleep(100);
      held = process.memoryUsage().external;
    }
    expect(held - before).toBeLessThan(16 * MB);
  } finally {
    stop();
  }
});
