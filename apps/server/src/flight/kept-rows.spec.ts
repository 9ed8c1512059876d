import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeptRows } from './kept-rows.js';

const FIVE_MINUTES = 5 * 60_000;
const row = { dataBody: Buffer.alloc(100_000) };
let kept: KeptRows;
beforeEach(() => {
  vi.useFakeTimers();
  kept = new KeptRows(1_000_000);
});
afterEach(() => {
  kept.close();
  vi.useRealTimers();
});

function keep(): Buffer {
  const rows = kept.collect('somebody');
  rows.add(row);
  rows.add(row);
  return Buffer.from(rows.keep());
}

const read = (ticket: Buffer, write: () => Promise<void> = async () => undefined) => kept.read(ticket, write);
const unknown = { reason: 'TICKET_UNKNOWN' };

describe('kept rows', () => {
  it('are forgotten with the call whose ticket could not be told', async () => {
    const rows = kept.collect('somebody');
    rows.add(row);
    const ticket = Buffer.from(rows.keep());
    rows.drop();
    expect(kept.bytes).toBe(0);
    await expect(read(ticket)).rejects.toMatchObject(unknown);
    rows.drop();
    expect(kept.bytes).toBe(0);
  });

  it('are forgotten once they were read, and not where reading broke off', async () => {
    const ticket = keep();
    await expect(read(ticket, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(kept.bytes).toBeGreaterThan(200_000);
    await read(ticket);
    expect(kept.bytes).toBe(0);
    await expect(read(ticket)).rejects.toMatchObject(unknown);
  });

  it('whose time comes while they are read are given whole, and counted until then', async () => {
    const ticket = keep();
    let written = 0;
    await read(ticket, async () => {
      written++;
      vi.advanceTimersByTime(FIVE_MINUTES);
      expect(kept.bytes).toBeGreaterThan(200_000);
      await expect(read(ticket)).rejects.toMatchObject(unknown);
    });
    expect([written, kept.bytes]).toEqual([2, 0]);
  });

  it('that two calls read at a time are counted until both have them', async () => {
    const ticket = keep();
    let goOn: () => void = () => undefined;
    const slow = read(ticket, () => new Promise((resolve) => (goOn = resolve)));
    await read(ticket);
    expect(kept.bytes).toBeGreaterThan(200_000);
    await vi.waitFor(() => {
      goOn();
      expect(kept.bytes).toBe(0);
    });
    await slow;
  });
});
