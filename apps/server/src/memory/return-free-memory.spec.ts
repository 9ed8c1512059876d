import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '@triptych/core';
import { expect, it } from 'vitest';
import { returnFreeMemory } from './return-free-memory.js';

const KB = 1024;
const MB = KB * KB;

const isGlibc =
  process.platform === 'linux' &&
  'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header;

/** Buffers of a size that glibc keeps in its heap, and one at the end of it that stays. */
async function fillAndFree(bytes: number): Promise<Buffer> {
  let buffers: Buffer[] | undefined = [];
  for (let made = 0; made < bytes; made += 32 * KB) buffers.push(Buffer.allocUnsafeSlow(32 * KB).fill(1));
  const pin = Buffer.allocUnsafeSlow(32 * KB).fill(1);
  buffers = undefined;
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    collect();
    await sleep(50);
  }
  return pin;
}

it.skipIf(!isGlibc)('gives back what a load that is over has left free', async () => {
  const rss = () => process.memoryUsage.rss();
  const before = rss();
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, rss())), 10);
  const stop = returnFreeMemory({ logger: silentLogger, everyMs: 50 });
  try {
    await sleep(200);
    const pin = await fillAndFree(256 * MB);
    expect(most - before).toBeGreaterThan(200 * MB);
    await expect.poll(() => rss() - before).toBeLessThan(64 * MB);
    expect(pin[0]).toBe(1);
  } finally {
    clearInterval(watching);
    stop();
  }
});
