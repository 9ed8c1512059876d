import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DecoderSupply } from './decoder-supply.js';

let supply: DecoderSupply;
beforeEach(() => (supply = new DecoderSupply()));
afterEach(() => supply.close());

/** The decoders of this process. */
const children = () =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

it('replaces the decoder that is there ahead of time where it ends before it is taken, by two for a while', async () => {
  const others = children();
  const spares = () => children().filter((pid) => !others.includes(pid));
  await supply.prepare();
  const [first] = spares();
  process.kill(first, 'SIGSEGV');
  await expect.poll(() => spares().filter((pid) => pid !== first)).toHaveLength(2);
  const after = spares().filter((pid) => pid !== first);
  const taken = [await supply.take(0), await supply.take(0)];
  expect(new Set(taken.map(({ pid }) => pid))).toEqual(new Set(after));
});

it('keeps two ahead where one that was taken has crashed, and none more where one is ended', async () => {
  const others = children();
  const count = () => children().filter((pid) => !others.includes(pid)).length;
  await supply.prepare();
  await supply.end(await supply.take(0));
  await expect.poll(count).toBe(1);
  process.kill((await supply.take(0)).pid!, 'SIGSEGV');
  await expect.poll(count).toBe(2);
});

it('has decoders compile their code for AVIF ahead of time, once AVIFs come', async () => {
  await supply.prepare();
  const plain = await supply.take(0);
  expect(plain.isReadyForAvif).toBe(false);
  await supply.expectAvif();
  expect((await supply.take(0)).isReadyForAvif).toBe(true);
});
