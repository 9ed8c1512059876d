import { describe, expect, it } from 'vitest';
import { GuessLimit } from './guess-limit.js';

const answers = (guesses: GuessLimit, address: string, count: number) =>
  Array.from({ length: count }, () => guesses.failed(address));

describe('the brake on guessing tokens', () => {
  it('answers a few at once, slows what follows, and refuses where too many wait', () => {
    const guesses = new GuessLimit(60);
    expect(answers(guesses, 'a', 10)).toEqual(Array(10).fill('answered'));
    expect(answers(guesses, 'a', 1000)).toEqual(Array(1000).fill('slowed'));
    expect(guesses.failed('a')).toBe('refused');
    guesses.answered();
    expect(guesses.failed('a')).toBe('slowed');
  });

  it('keeps addresses apart, and so many of them only', () => {
    const guesses = new GuessLimit(60);
    answers(guesses, 'a', 11);
    expect(guesses.failed('b')).toBe('answered');
    for (let i = 0; i < 20_000; i++) guesses.failed(`address ${i}`);
    expect(guesses.size).toBeLessThanOrEqual(10_000);
  });

  it('forgives with time', async () => {
    const guesses = new GuessLimit(60_000);
    answers(guesses, 'a', 20);
    await expect.poll(() => guesses.failed('a')).toBe('answered');
  });
});
