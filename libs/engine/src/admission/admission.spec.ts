import { getEventListeners, setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { Admission, type AdmissionLimits } from './admission.js';

const lanes = ['audio', 'image', 'text'].map((modality) => ({ model: 'owner/name', modality }));
const lane = (modality: string) => ({ model: 'owner/name', modality });

const admissionOf = (limits: Partial<AdmissionLimits> = {}) =>
  new Admission({ items: 256, allItems: 4096, bytes: 1 << 28, ...limits }, lanes);

const { signal } = new AbortController();
// As of every call: each item of it that waits listens, until it has its place.
setMaxListeners(0, signal);
afterAll(() => expect(getEventListeners(signal, 'abort')).toEqual([]));
const by = (principal: string, flow: unknown = 'unary') => ({ principal, flow });

/** A call of some items that each take a time; resolves when all are done. */
function call(
  admission: Admission,
  principal: string,
  { items = 1, ms = 0, modality = 'text', deadlineMs = Infinity, bytes = 10 } = {},
): Promise<unknown> {
  const caller = by(principal);
  const deadline = Date.now() + deadlineMs;
  const loads = [{ ...lane(modality), items, cost: items }];
  return admission.run({ caller, deadline, bytes, loads }, () =>
    Promise.all(
      Array.from({ length: items }, () =>
        admission.item(lane(modality), { caller, deadline, signal, cost: 1 }, () => sleep(ms)),
      ),
    ),
  );
}

const OVERLOADED = { reason: 'OVERLOADED' };

describe('admission', () => {
  it('lets others in beside a caller whose calls are the largest there are, back to back', async () => {
    const admission = admissionOf();
    let isOver = false;
    const full = (async () => {
      while (!isOver) await call(admission, 'greedy', { items: 256, ms: 20 });
    })();
    for (let i = 0; i < 30; i++) {
      await Promise.all([
        call(admission, 'other'),
        call(admission, 'third', { items: 64 }),
        call(admission, 'other', { modality: 'image' }),
        call(admission, 'other', { modality: 'audio' }),
      ]);
    }
    isOver = true;
    await full;
    expect([...admission.lanes].map(({ depth }) => depth)).toEqual(
      lanes.map(() => ({ places: 0, waiting: 0, ahead: 0 })),
    );
    expect(admission.bytes).toBe(0);
  });

  it('refuses what one caller brings beyond its part, says when to come again, and takes it once there is room', async () => {
    const admission = admissionOf({ items: 64 });
    const first = call(admission, 'greedy', { items: 256, ms: 5 });
    await expect(call(admission, 'greedy', { items: 64 })).rejects.toMatchObject(OVERLOADED);
    expect(() => admission.checkAny('greedy', ['text'], Infinity)).not.toThrow();
    // Beside its own largest call there is room for a small one.
    const small = call(admission, 'greedy', { items: 16 });
    const refusal = await call(admission, 'greedy').catch((error: unknown) => error);
    expect(refusal).toMatchObject(OVERLOADED);
    expect((refusal as { retryAfterMs: number }).retryAfterMs).toBeGreaterThanOrEqual(250);
    expect(() => admission.checkAny('greedy', ['text'], Infinity)).toThrow(/64 of your items are in work/);
    expect(() => admission.checkAny('other', ['text'], Infinity)).not.toThrow();
    expect(() => admission.checkAny('greedy', ['image'], Infinity)).not.toThrow();
    await Promise.all([first, small]);
    await call(admission, 'greedy', { items: 64 });
  });

  it('reads what may be for a model that is not loaded, however much is in work for those that are', async () => {
    const admission = new Admission(
      { items: 16, allItems: 16, bytes: 1000 },
      lanes,
      (modality) => modality === 'text',
    );
    const calls = ['text', 'image'].flatMap((modality) =>
      ['a', 'b'].map((principal) => call(admission, principal, { items: 12, ms: 20, modality })),
    );
    expect(() => admission.checkAny('a', ['text'], Infinity)).not.toThrow();
    expect(() => admission.checkAny('a', ['image'], Infinity)).toThrow(/items are in work/);
    await Promise.allSettled(calls);
  });

  it('bounds what all callers bring together', async () => {
    const admission = admissionOf({ items: 16, allItems: 32 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) => call(admission, `caller ${i}`, { items: 4, ms: 1 })),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected').length;
    expect(refused).toBeGreaterThanOrEqual(100 - 32 / 4);
    expect(refused).toBeLessThan(100);
  });

  it('shares bytes: half of them for one caller, and what is left for others', async () => {
    const admission = admissionOf({ bytes: 1000 });
    const held = call(admission, 'greedy', { bytes: 500, ms: 20 });
    await expect(call(admission, 'greedy', { bytes: 100 })).rejects.toThrow(/500 bytes of yours are in work/);
    await call(admission, 'other', { bytes: 200, modality: 'audio' });
    await held;
    expect(admission.bytes).toBe(0);
  });

  it('refuses what would not be done by its deadline, reckoning with turns: who has little in work is soon done', async () => {
    const admission = admissionOf({ items: 4 });
    await call(admission, 'greedy', { items: 8, ms: 20 });
    // Idle: whatever calls took before, this one is first in line.
    await call(admission, 'greedy', { deadlineMs: 1 });
    const greedy = call(admission, 'greedy', { items: 200, ms: 20 });
    await expect(call(admission, 'greedy', { deadlineMs: 200 })).rejects.toThrow(/the deadline is in \d+ ms/);
    expect(() => admission.checkAny('greedy', ['text'], Date.now() + 200)).toThrow(/the deadline is in/);
    await call(admission, 'other', { deadlineMs: 200 });
    await greedy;
  });

  it('gives places by turns to callers, and within one to its streams', async () => {
    const admission = admissionOf({ items: 2 });
    const order: string[] = [];
    const item = (principal: string, flow: string, ms = 1) =>
      admission.item(
        lane('audio'),
        { caller: by(principal, flow), deadline: Infinity, signal, cost: 1 },
        async () => {
          order.push(`${principal}${flow}`);
          await sleep(ms);
        },
      );
    const many = Array.from({ length: 40 }, (_, i) => item('a', String(i % 20)));
    const few = Array.from({ length: 4 }, () => item('b', ''));
    await Promise.all([...many, ...few]);
    expect(order.lastIndexOf('b')).toBeLessThan(12);
    expect(admission.isWorking('0')).toBe(false);
  });

  it('takes a cancelled item out of the line', async () => {
    const admission = admissionOf({ items: 1 });
    const controller = new AbortController();
    const wanted = { caller: by('a'), deadline: Infinity, signal, cost: 1 };
    const first = admission.item(lane('text'), wanted, () => sleep(20));
    let ran = false;
    const second = admission.item(lane('text'), { ...wanted, signal: controller.signal }, () => {
      ran = true;
      return Promise.resolve();
    });
    controller.abort();
    await expect(second).rejects.toMatchObject({ reason: 'CANCELLED' });
    await first;
    expect(ran).toBe(false);
    expect([...admission.lanes].every(({ depth }) => depth.places + depth.waiting === 0)).toBe(true);
  });

  it('has what a stream sends wait for its part of the bytes', async () => {
    const MIB = 1 << 20;
    const admission = admissionOf({ bytes: 100 * MIB });
    const [first, second, third, live] = [1, 2, 3, 4].map((flow) => admission.arriving(by('a', flow)));
    first.came(50 * MIB);
    const held = first.complete(50 * MIB);
    second.came(MIB);
    third.came(MIB);
    expect([second.mayGoOn, third.mayGoOn]).toEqual([false, false]);
    const order: number[] = [];
    // The eldest goes on beyond its caller's part: what is complete makes room, what is not may not.
    const waits = [second, third].map((one, i) => one.goOn().then(() => order.push(i)));
    await waits[0];
    expect(order).toEqual([0]);
    // Small messages go on at once, and another caller's of any length that leaves room.
    live.came(1000);
    expect(live.mayGoOn).toBe(true);
    live.taken();
    const other = admission.arriving(by('b'));
    other.came(20 * MIB);
    expect(other.mayGoOn).toBe(true);
    other.end();
    held.leave();
    await waits[1];
    const leave = second.complete(MIB).keep();
    for (const one of [second, third]) one.end();
    // A handler still has it.
    expect(admission.bytes).toBe(MIB);
    leave();
    expect(admission.bytes).toBe(0);
  });

  it.each([
    ['the same flow', 1, 1],
    ['two flows', 1, 2],
  ])('lets the eldest message go on that waits behind a younger one: of %s', async (_what, ...flows) => {
    const KIB = 1024;
    const admission = admissionOf({ bytes: 1024 * KIB });
    const other = admission.arriving(by('b'));
    const [, part] = [other.complete(452 * KIB), other.complete(60 * KIB)];
    const [eldest, younger] = flows.map((flow) => admission.arriving(by('a', flow)));
    eldest.came(200 * KIB);
    younger.came(150 * KIB);
    expect(eldest.mayGoOn).toBe(false);
    await eldest.goOn();
    eldest.came(60 * KIB);
    expect([younger.mayGoOn, eldest.mayGoOn]).toEqual([false, false]);
    const gone: string[] = [];
    const wait = async (name: string, one: typeof eldest) => {
      await one.goOn();
      gone.push(name);
    };
    const waits = [wait('younger', younger), wait('eldest', eldest)];
    // Room for it, and not for the younger one.
    part.leave();
    await waits[1];
    expect(gone).toEqual(['eldest']);
    eldest.taken();
    await waits[0];
    for (const one of [other, eldest, younger]) one.end();
    expect(admission.bytes).toBe(0);
  });

  it('lets a message of any length arrive alone, and no more of another beside it', () => {
    const admission = admissionOf({ bytes: 1000 });
    const [large, small] = [admission.arriving(by('a')), admission.arriving(by('a'))];
    for (let i = 0; i < 9; i++) {
      large.came(100);
      expect(large.refusal).toBeUndefined();
    }
    small.came(1);
    expect(small.refusal).toMatchObject(OVERLOADED);
    large.taken();
    small.came(500);
    expect(small.refusal).toBeUndefined();
    small.end();
    expect(admission.bytes).toBe(0);
  });

  it('does not take the time of what failed for the pace of what is done', async () => {
    const admission = admissionOf({ items: 1 });
    const wanted = { caller: by('a'), deadline: Infinity, signal, cost: 1 };
    const item = (work: () => Promise<void>) => admission.item(lane('text'), wanted, work);
    const failing = async () => {
      await sleep(300);
      throw new Error('no');
    };
    await Promise.allSettled([item(failing), item(failing), item(() => sleep(1))]);
    const left = item(() => sleep(100));
    // It is let in by what is done, not by the 0.6 s that failed.
    expect(() => admission.checkAny('a', ['text'], Date.now() + 250)).not.toThrow();
    await left;
  });

  it('counts what failed as done', async () => {
    const admission = admissionOf({ items: 1 });
    const failing = {
      caller: by('a'),
      deadline: Infinity,
      bytes: 1,
      loads: [{ ...lane('text'), items: 1, cost: 1 }],
    };
    await expect(admission.run(failing, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await call(admission, 'a');
  });
});
