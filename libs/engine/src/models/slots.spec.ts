import { abortError } from '@triptych/core';
import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

const uncancelled = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  it('are taken in the order of who came; who is cancelled waits no more, and takes none', async () => {
    const slots = new Slots(1);
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const run = (name: string, signal = uncancelled) =>
      slots.run(() => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      }, signal);
    const gone = new AbortController();
    const first = run('first');
    const second = run('second', gone.signal);
    const third = run('third');
    expect(slots.waiting).toBe(2);
    gone.abort();
    await expect(second).rejects.toBe(abortError());
    await expect(run('late', gone.signal)).rejects.toBe(abortError());
    expect(begun).toEqual(['first']);
    expect(slots.waiting).toBe(1);
    ends.get('first')!();
    await first;
    await settle();
    expect(begun).toEqual(['first', 'third']);
    ends.get('third')!();
    await third;
    void run('fourth');
    await settle();
    expect(begun).toEqual(['first', 'third', 'fourth']);
  });
});
