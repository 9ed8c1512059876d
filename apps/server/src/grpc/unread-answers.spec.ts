import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { soleCaller } from '@triptych/core';
import { describe, expect, it } from 'vitest';
import { IdleCalls } from './end-idle.js';
import { type OpenCall, OpenCalls } from './open-calls.js';

const limits = { idleMs: 0, unreadMs: 20, unreadBytes: 1_000_000 };

function openCall(ended: () => void): OpenCall {
  return {
    caller: soleCaller(),
    stream: { writableLength: 100, destroyed: false, close: ended, once: () => undefined as never },
    controller: new AbortController(),
    active: performance.now(),
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
    for (const call of [stuck, flowing]) calls.enter(new Metadata(), call);
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
