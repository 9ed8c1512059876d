import { describe, expect, it } from 'vitest';
import { CallError } from '../call-error.js';
import { Lifeline, resumed } from './resumed.js';

type Answers = AsyncIterable<string> & { cancel(): void };

const idle = new CallError(14, 'nothing was sent', { reason: 'CALL_IDLE', violations: [] });
const lost = new CallError(14, 'the connection broke', undefined);

/** A stream of no answers that ends as it is told. */
function ending(thrown?: CallError): Answers {
  return {
    cancel: () => undefined,
    async *[Symbol.asyncIterator]() {
      await Promise.resolve();
      if (thrown) throw thrown;
    },
  };
}

function follow(next: () => CallError | undefined) {
  const lifeline = new Lifeline<Answers>();
  let opened = 0;
  const stream = {
    open: () => (opened++, (lifeline.current = ending(next()))),
    take: () => ({ isSeen: true, isProgress: false }),
  };
  const answers = resumed(lifeline, stream, { maxAttempts: 3, firstWaitMs: 1 });
  return { lifeline, done: answers.next(), opened: () => opened };
}

describe('a stream that is opened anew', () => {
  it('outlives any number of silences, and waits for what is sent next', async () => {
    let left = 20;
    const { lifeline, done, opened } = follow(() => (left-- > 0 ? idle : undefined));
    for (let silence = 1; silence <= 20; silence++) {
      await expect.poll(opened, { interval: 1 }).toBe(silence);
      for (let i = 0; i < 20; i++) await Promise.resolve();
      expect(opened()).toBe(silence);
      lifeline.pushed();
    }
    expect(await done).toMatchObject({ done: true });
    expect(opened()).toBe(21);
  });

  it('fails where it breaks off again and again', async () => {
    const { done, opened } = follow(() => lost);
    await expect(done).rejects.toBe(lost);
    expect(opened()).toBe(3);
  });

  it('ends in a silence when its caller does', async () => {
    const { lifeline, done, opened } = follow(() => idle);
    await expect.poll(opened).toBe(1);
    lifeline.end();
    await expect(done).rejects.toBe(idle);
  });
});
