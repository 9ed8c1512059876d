import { setTimeout as sleep } from 'node:timers/promises';
import { soleCaller, TriptychError } from '@triptych/core';
import { describe, expect, it } from 'vitest';
import { IdleCalls } from './end-idle.js';
import { type OpenCall, OpenCalls } from './open-calls.js';

const limits = { idleMs: 0, unreadMs: 20, unreadBytes: 1_000_000 };

function openCall(ended: () => void): OpenCall {
  return {
    caller: soleCaller(),
    stream: { writableLength: 100, destroyed: false, close: ended, once: () => undefined },
    controller: new AbortController(),
    active: performance.now(),
    arrived: 0,
    sent: 1,
    isHandled: true,
    refuse: () => undefined,
  };
}

describe('answers that wait to be read', () => {
  it('end their call where none is taken, and not where one follows the other, as many bytes at every look', async () => {
    const ended: string[] = [];
    const [stuck, flowing] = ['stuck', 'flowing'].map((name) => openCall(() => ended.push(name)));
    const calls = new OpenCalls();
    for (const call of [stuck, flowing]) calls.enter({}, call);
    const idle = new IdleCalls(calls, { isWorking: () => true }, limits, () => undefined);
    for (let i = 0; i < 4; i++) {
      idle.look();
      await sleep(30);
      flowing.sent++;
    }
    idle.close();
    expect(new Set(ended)).toEqual(new Set(['stuck']));
  });
});

describe('a call whose message is still arriving', () => {
  const arriving = (arrived: number, refused: string[], ms: number): OpenCall => ({
    ...openCall(() => undefined),
    stream: { writableLength: 0, destroyed: false, close: () => undefined, once: () => undefined },
    isHandled: false,
    active: performance.now() - ms,
    arrived,
    refuse: ({ reason }) => refused.push(reason),
  });

  it('is idle by what came of it, whatever else its connection has in work', () => {
    const [few, many]: string[][] = [[], []];
    const calls = new OpenCalls();
    calls.enter({}, arriving(1000, few, 1000));
    calls.enter({}, arriving(1_000_000, many, 1000));
    const idle = new IdleCalls(calls, { isWorking: () => true }, { ...limits, idleMs: 500 }, () => undefined);
    idle.look();
    idle.close();
    expect([few, many]).toEqual([['CALL_IDLE'], []]);
  });

  it('ends with the server', () => {
    const refused: string[] = [];
    const calls = new OpenCalls();
    calls.enter({}, arriving(0, refused, 0));
    calls.end(new TriptychError('DRAINING', 'the server is shutting down'));
    expect(refused).toEqual(['DRAINING']);
  });
});

describe('calls that are to end at the same time', () => {
  it('end in many rounds of the event loop', async () => {
    const COUNT = 200;
    const calls = new OpenCalls();
    let refused = 0;
    const busy = () => {
      for (const until = performance.now() + 0.5; performance.now() < until;);
      refused++;
    };
    for (let i = 0; i < COUNT; i++) {
      const stream = { writableLength: 0, destroyed: false, close: () => undefined, once: () => undefined };
      calls.enter(
        {},
        {
          ...openCall(() => undefined),
          stream,
          isHandled: false,
          active: performance.now() - 1000,
          refuse: busy,
        },
      );
    }
    const idle = new IdleCalls(
      calls,
      { isWorking: () => false },
      { ...limits, idleMs: 500 },
      () => undefined,
    );
    idle.look();
    let rounds = 0;
    while (refused < COUNT) {
      rounds++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    idle.close();
    expect(rounds).toBeGreaterThan(10);
    expect(refused).toBe(COUNT);
  });
});
