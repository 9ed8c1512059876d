import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DecoderSupply } from './decoder-supply.js';

let supply: DecoderSupply;
beforeEach(() => (supply = new DecoderSupply()));
afterEach(async () => {
  vi.useRealTimers();
  await supply.close();
});

const children = () =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
const before = children();
/** The decoders of this process. */
const decoders = () => children().filter((pid) => !before.includes(pid));

it('replaces the decoder that is there ahead of time where it ends before it is taken, by two for a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await supply.prepare();
  const [first] = decoders();
  process.kill(first, 'SIGSEGV');
  await expect.poll(() => decoders().filter((pid) => pid !== first)).toHaveLength(2);
  const after = decoders().filter((pid) => pid !== first);
  const taken = [await supply.take(0), await supply.take(0)];
  expect(new Set(taken.map(({ pid }) => pid))).toEqual(new Set(after));
  await expect.poll(decoders).toHaveLength(4);
  vi.advanceTimersByTime(60_000);
  await expect.poll(decoders).toHaveLength(3);
});

it('keeps two ahead where one that was taken has crashed, and none more where one is ended', async () => {
  await supply.prepare();
  const ended = await supply.take(0);
  await supply.end(ended);
  await expect.poll(decoders).toHaveLength(1);
  const { pid } = await supply.take(0);
  process.kill(pid!, 'SIGSEGV');
  await expect.poll(() => decoders().filter((one) => one !== pid)).toHaveLength(2);
});

it('has decoders compile their code for AVIF ahead of time, once AVIFs come', async () => {
  await supply.prepare();
  const plain = await supply.take(0);
  expect(plain.isReadyForAvif).toBe(false);
  await supply.expectAvif();
  expect((await supply.take(0)).isReadyForAvif).toBe(true);
});
