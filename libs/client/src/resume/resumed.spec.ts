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

function follow(next: () => CallError | undefined, firstWaitMs = 1) {
  const lifeline = new Lifeline<Answers>();
  let opened = 0;
  const stream = {
    open: () => (opened++, (lifeline.current = ending(next()))),
    take: () => ({ isSeen: true, isProgress: false }),
  };
  const answers = resumed(lifeline, stream, { maxAttempts: 3, firstWaitMs });
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

  it('goes on where it is refused and told when to come again', async () => {
    const full = new CallError(8, 'full', { reason: 'OVERLOADED', violations: [], retryDelayMs: 1 });
    let left = 2;
    const { done, opened } = follow(() => (left-- > 0 ? full : undefined));
    expect(await done).toMatchObject({ done: true });
    expect(opened()).toBe(3);
  });

  it('fails at once where it is refused for good', async () => {
    const denied = new CallError(7, 'no', { reason: 'METHOD_DENIED', violations: [] });
    const { done, opened } = follow(() => denied);
    await expect(done).rejects.toBe(denied);
    expect(opened()).toBe(1);
  });

  it('opens nothing once its caller has ended it, not even when it waited to', async () => {
    const { lifeline, done, opened } = follow(() => lost, 60_000);
    await expect.poll(opened).toBe(1);
    lifeline.end();
    await expect(done).rejects.toMatchObject({ code: 1 });
    expect(opened()).toBe(1);
  });

  it('opens nothing where its caller ended it before it was read', async () => {
    let opened = 0;
    const lifeline = new Lifeline<Answers>();
    const stream = {
      open: () => (opened++, (lifeline.current = ending())),
      take: () => ({ isSeen: true, isProgress: false }),
    };
    lifeline.end();
    await expect(resumed(lifeline, stream, {}).next()).rejects.toMatchObject({ code: 1 });
    expect(opened).toBe(0);
  });

  it('ends in a silence when its caller does', async () => {
    const { lifeline, done, opened } = follow(() => idle);
    await expect.poll(opened).toBe(1);
    lifeline.end();
    await expect(done).rejects.toBe(idle);
  });
});
