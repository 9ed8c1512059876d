import { describe, expect, it } from 'vitest';
import { InOrder } from './in-order.js';

describe('answers in the order of their requests', () => {
  it('wait for those before them', () => {
    const answers = new InOrder<string>(8);
    expect([...answers.take(2, 'c')]).toEqual([]);
    expect([...answers.take(0, 'a')]).toEqual(['a']);
    expect([...answers.take(1, 'b')]).toEqual(['b', 'c']);
    expect([...answers.take(3, 'd')]).toEqual(['d']);
  });

  it('let no more requests go ahead of the oldest than they were told', async () => {
    const answers = new InOrder<string>(2);
    await answers.turn(0);
    await answers.turn(1);
    let isSent = false;
    const third = answers.turn(2).then(() => (isSent = true));
    expect([...answers.take(1, 'b')]).toEqual([]);
    await Promise.resolve();
    expect(isSent).toBe(false);
    expect([...answers.take(0, 'a')]).toEqual(['a', 'b']);
    await third;
    expect(isSent).toBe(true);
  });

  it('keep nobody waiting whose answers nobody reads', async () => {
    const answers = new InOrder<string>(1);
    expect(await answers.turn(0)).toBe(true);
    const second = answers.turn(1);
    answers.close();
    expect(await second).toBe(false);
    expect(await answers.turn(0)).toBe(false);
  });
});
