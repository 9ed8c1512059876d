import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Shares } from './shares.js';

/** How much of a thing a taker gets who takes all it may, one by one. */
function takeAll(shares: Shares<string>, taker: string): number {
  let count = 0;
  for (; shares.fits(taker, 1); count++) shares.take(taker, 1);
  return count;
}

describe('shares', () => {
  it('give one taker half, and leave room for whoever comes next', () => {
    const shares = new Shares<string>({ capacity: 1000 });
    expect(takeAll(shares, 'greedy')).toBe(500);
    expect(takeAll(shares, 'second')).toBe(250);
    expect(takeAll(shares, 'third')).toBe(125);
    expect(shares.fits('fourth', 10)).toBe(true);
  });

  it('give two that take in turn a third each', () => {
    const shares = new Shares<string>({ capacity: 900 });
    for (let i = 0; i < 900; i++) {
      const taker = i % 2 === 0 ? 'a' : 'b';
      if (shares.fits(taker, 1)) shares.take(taker, 1);
    }
    expect([shares.held('a'), shares.held('b')]).toEqual([300, 300]);
  });

  it('let anything in where nobody holds anything, and nothing beyond what there is otherwise', () => {
    const shares = new Shares<string>({ capacity: 10 });
    expect(shares.fits('a', 1000)).toBe(true);
    const leave = shares.take('a', 1000);
    expect(shares.fits('b', 1)).toBe(false);
    leave();
    leave();
    expect(shares.taken).toBe(0);
    expect(shares.takers).toBe(0);
  });

  it('keep to a ratio, a floor and a most', () => {
    expect(takeAll(new Shares({ capacity: 100, ratio: 3 }), 'a')).toBe(75);
    expect(takeAll(new Shares({ capacity: 10, floor: 8 }), 'a')).toBe(8);
    expect(takeAll(new Shares({ capacity: 100, most: 3 }), 'a')).toBe(3);
  });

  it('never hold more than there is, nor keep a taker out that holds nothing while half is free', () => {
    const step = fc.record({
      taker: fc.constantFrom('a', 'b', 'c', 'd'),
      amount: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const shares = new Shares<string>({ capacity: 100 });
        const leaves: (() => void)[] = [];
        for (const { taker, amount } of steps) {
          if (shares.fits(taker, amount)) leaves.push(shares.take(taker, amount));
          else leaves.shift()?.();
          expect(shares.taken).toBeLessThanOrEqual(100);
          if (shares.taken <= 50) expect(shares.fits('new', 25)).toBe(true);
        }
        for (const leave of leaves) leave();
        expect([shares.taken, shares.takers]).toEqual([0, 0]);
      }),
    );
  });
});
