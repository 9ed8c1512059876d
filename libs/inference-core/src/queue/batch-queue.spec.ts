import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BatchQueue, type QueueObserver } from './batch-queue.js';

/** A queue over numbers whose batches finish when they are told to. */
function queueOf(
  options: {
    maxItems?: number;
    maxBatch?: number;
    inFlight?: number;
    observer?: Partial<QueueObserver>;
  } = {},
) {
  const batches: { items: readonly number[]; finish: () => void; fail: (error: Error) => void }[] = [];
  let running = 0;
  const queue = new BatchQueue<number, number>({
    maxItems: options.maxItems ?? 100,
    maxBytes: 1000,
    key: (item) => (item % 2 === 0 ? 'even' : 'odd'),
    maxBatch: () => options.maxBatch ?? 10,
    bytes: () => 1,
    observer: {
      started: () => undefined,
      ended: () => undefined,
      dropped: () => undefined,
      ...options.observer,
    },
    place: () => {
      if (running === (options.inFlight ?? 1)) return undefined;
      const run = async (items: readonly number[]) => {
        running++;
        return new Promise<number[]>((resolve, reject) => {
          batches.push({ items, finish: () => resolve(items.map((i) => i * 10)), fail: reject });
        }).finally(() => running--);
      };
      return { most: Infinity, isAhead: running > 0, run };
    },
  });
  return { queue, batches };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

const named = (principal: string) => ({ principal, flow: 0 });

describe('a batch queue', () => {
  it('runs the first item at once, and what came meanwhile in one batch of equal keys', async () => {
    const { queue, batches } = queueOf();
    const results = Promise.all([1, 2, 4, 3, 6].map((i) => queue.submit(i)));
    await settled();
    expect(batches.map((b) => b.items)).toEqual([[1]]);
    batches[0].finish();
    await settled();
    expect(batches[1].items).toEqual([2, 4, 6]);
    batches[1].finish();
    await settled();
    expect(batches[2].items).toEqual([3]);
    batches[2].finish();
    expect((await results).map((r) => r.result)).toEqual([10, 20, 40, 30, 60]);
  });

  it('refuses what does not fit, or lets it wait for room', async () => {
    const { queue, batches } = queueOf({ maxItems: 1, maxBatch: 1 });
    void queue.submit(1);
    void queue.submit(3);
    await expect(queue.submit(5)).rejects.toMatchObject({ reason: 'OVERLOADED', retryable: true });
    const patient = queue.submit(7, { wait: true });
    batches[0].finish();
    await settled();
    batches[1].finish();
    await settled();
    batches[2].finish();
    expect((await patient).result).toBe(70);
  });

  it('drops a cancelled item before it costs anything', async () => {
    const { queue, batches } = queueOf();
    void queue.submit(1);
    const controller = new AbortController();
    const dropped = queue.submit(3, { signal: controller.signal });
    controller.abort();
    await expect(dropped).rejects.toMatchObject({ reason: 'CANCELLED' });
    batches[0].finish();
    await settled();
    expect(batches).toHaveLength(1);
    await expect(queue.submit(5, { signal: controller.signal })).rejects.toMatchObject({
      reason: 'CANCELLED',
    });
  });

  it('passes a failed batch on to its items, and goes on', async () => {
    const { queue, batches } = queueOf();
    const failed = queue.submit(1);
    batches[0].fail(new Error('lost'));
    await expect(failed).rejects.toThrow('lost');
    const next = queue.submit(3);
    batches[1].finish();
    expect((await next).result).toBe(30);
  });

  it('gives callers equal shares, however much one of them asks for', async () => {
    const { queue, batches } = queueOf({ maxBatch: 2 });
    const greedy = Array.from({ length: 20 }, (_, i) => queue.submit(2 * i, { caller: named('greedy') }));
    const modest = [100, 102, 104].map((item) => queue.submit(item, { caller: named('modest') }));
    for (let i = 0; i < 23; i++) {
      await settled();
      batches[i]?.finish();
    }
    await Promise.all(modest);
    // Each gets half of a batch while both are active.
    expect(batches.slice(0, 5).map((b) => b.items)).toEqual([[0], [100, 2], [102, 4], [104, 6], [8]]);
    await Promise.all(greedy);
  });

  it.each([
    ['takes its time where several callers take turns', 'other', 3],
    ['is handed over ahead of time where one caller is alone', 'one', 4],
  ])('whose batches are long %s', async (_what, second, expected) => {
    const { queue, batches } = queueOf({ maxBatch: 1, inFlight: 2 });
    const items = ['one', second, 'one', second].map((name, i) =>
      queue.submit(2 * i, { caller: named(name) }),
    );
    // Of nothing it is known yet that it is long.
    expect(batches).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 150));
    for (const { finish } of batches.slice()) finish();
    await settled();
    expect(batches).toHaveLength(expected);
    for (let done = 2; done < 4; done++) {
      batches[done].finish();
      await settled();
    }
    await Promise.all(items);
  });

  it('lets callers in by turns where it is full, however many items of one wait for room', async () => {
    const { queue, batches } = queueOf({ maxBatch: 2, maxItems: 4 });
    const wait = true;
    const greedy = Array.from({ length: 40 }, (_, i) =>
      queue.submit(2 * i, { caller: named('greedy'), wait }),
    );
    await expect(queue.submit(98, { caller: named('modest') })).rejects.toMatchObject({
      reason: 'OVERLOADED',
    });
    const modest = [100, 102].map((item) => queue.submit(item, { caller: named('modest'), wait }));
    expect(queue.depth.items).toBe(4);
    for (let i = 0; i < 42; i++) {
      await settled();
      batches[i]?.finish();
    }
    await Promise.all([...greedy, ...modest]);
    const order = batches.flatMap(({ items }) => items);
    expect(order.indexOf(102)).toBeLessThan(12);
    expect(queue.depth).toEqual({ items: 0, bytes: 0 });
  });

  it('of equal callers takes the one first whose deadline is near, and drops what came too late', async () => {
    const drops: string[] = [];
    const { queue, batches } = queueOf({
      maxBatch: 1,
      observer: { dropped: (reason) => drops.push(reason) },
    });
    const first = queue.submit(0);
    const soon = Date.now() + 40;
    const [patient, urgent] = [queue.submit(2, { deadline: soon }), queue.submit(4, { deadline: soon - 1 })];
    await settled();
    batches[0].finish();
    await settled();
    expect(batches[1].items).toEqual([4]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    batches[1].finish();
    await expect(patient).rejects.toMatchObject({ reason: 'DEADLINE_PASSED' });
    expect(await Promise.all([first, urgent])).toHaveLength(2);
    expect(batches).toHaveLength(2);
    expect(drops).toEqual(['deadline']);
    expect(queue.depth).toEqual({ items: 0, bytes: 0 });
  });

  describe('one of whose batches was slow', () => {
    /** By its estimate the next batch takes 60 ms or more. */
    async function slowed(): Promise<ReturnType<typeof queueOf>> {
      const made = queueOf();
      const slow = made.queue.submit(0);
      await sleep(300);
      made.batches[0].finish();
      await slow;
      return made;
    }
    const soon = () => ({ deadline: Date.now() + 40 });

    it('computes what has less time than that where it has nothing else to do', async () => {
      const { queue, batches } = await slowed();
      for (const item of [2, 4]) {
        const next = queue.submit(item, soon());
        expect(batches.at(-1)?.items).toEqual([item]);
        batches.at(-1)?.finish();
        expect((await next).result).toBe(10 * item);
      }
    });

    it('drops it for what has the time, in its batch or behind it', async () => {
      const { queue, batches } = await slowed();
      const first = queue.submit(2);
      const dropped = [queue.submit(1, soon()), queue.submit(4, soon())];
      const others = [queue.submit(6), queue.submit(8)];
      batches[1].finish();
      for (const one of dropped) await expect(one).rejects.toMatchObject({ reason: 'DEADLINE_PASSED' });
      expect(batches[2].items).toEqual([6, 8]);
      batches[2].finish();
      await Promise.all([first, ...others]);
    });
  });
});
