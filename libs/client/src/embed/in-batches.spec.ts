import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inBatches } from './in-batches.js';

const options = { limit: { items: 3, bytes: 100 }, concurrency: 2, bytesOf: (item: number) => item };

describe('items in batches', () => {
  it('come back in order, within the limits, with so many batches under way', async () => {
    let [underWay, most] = [0, 0];
    const batches: (readonly number[])[] = [];
    const items = [1, 2, 3, 4, 99, 5, 200, 6];
    for await (const batch of inBatches(items, options, async (batch) => {
      most = Math.max(most, ++underWay);
      await sleep(batch[0] === 1 ? 20 : 1);
      underWay--;
      return batch;
    }))
      batches.push(batch);
    expect(batches).toEqual([[1, 2, 3], [4], [99], [5], [200], [6]]);
    expect(most).toBe(2);
  });

  it('are cancelled, and read no further, where the reader stops', async () => {
    let read = 0;
    const cancelled: boolean[] = [];
    const endless = (function* () {
      for (;;) yield ++read;
    })();
    for await (const [first] of inBatches(endless, options, async (batch, signal) => {
      signal.addEventListener('abort', () => cancelled.push(true));
      return batch;
    })) {
      if (first > 10) break;
    }
    expect(read).toBeLessThan(30);
    expect(cancelled.length).toBeGreaterThan(0);
  });

  it('fail where one batch does, whichever is waited for', async () => {
    const failing = inBatches([1, 2, 3, 4, 5, 6], options, async (batch) => {
      if (batch[0] === 4) throw new RangeError('four');
      await sleep(5);
      return batch;
    });
    await expect(failing.next()).resolves.toMatchObject({ value: [1, 2, 3] });
    await expect(failing.next()).rejects.toThrow('four');
  });
});
