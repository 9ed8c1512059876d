import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DecoderSupply } from './decoder-supply.js';

let supply: DecoderSupply;
beforeEach(() => (supply = new DecoderSupply()));
afterEach(() => supply.close());

/** The decoders of this process. */
const children = () =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

it('replaces the decoder that is there ahead of time where it ends before it is taken', async () => {
  const others = children();
  const spare = () => children().find((pid) => !others.includes(pid));
  await supply.prepare();
  const first = spare()!;
  process.kill(first, 'SIGSEGV');
  await expect.poll(() => [undefined, first].includes(spare())).toBe(false);
  const second = spare();
  expect((await supply.take(0)).pid).toBe(second);
});

it('has decoders compile their code for AVIF ahead of time, once AVIFs come', async () => {
  await supply.prepare();
  const plain = await supply.take(0);
  expect(plain.isReadyForAvif).toBe(false);
  await supply.expectAvif();
  expect((await supply.take(0)).isReadyForAvif).toBe(true);
});
