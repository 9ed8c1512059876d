import { Metadata } from '@grpc/grpc-js';
import { CallLimit } from '@triptych/engine';
import { describe, expect, it } from 'vitest';
import { remoteAddress } from '../calls/connection.js';
import { limitCalls } from './limit-calls.js';

/** Calls that one caller may open. */
function openAll(limit: CallLimit, principal: string, id: string, address?: string): number {
  const check = limitCalls(limit);
  for (let count = 0; ; count++) {
    try {
      check({
        path: '/triptych.v1.AudioEncoder/EncodeStream',
        metadata: new Metadata(),
        deadline: Infinity,
        connection: { certificate: undefined, id, address },
        principal,
        slowedMs: 0,
      });
    } catch {
      return count;
    }
  }
}

describe('the limit on open calls', () => {
  it('gives a caller of many connections no more than one of one', () => {
    const limit = new CallLimit(1000);
    expect(openAll(limit, 'token a', 'connection 1')).toBe(500);
    expect(openAll(limit, 'token a', 'connection 2')).toBe(0);
    expect(openAll(limit, 'token b', 'connection 3')).toBe(250);
  });

  it('counts by address only whom nothing but a connection tells apart', () => {
    const limit = new CallLimit(1000);
    for (let i = 0; i < 1000; i++) openAll(limit, `connection ${i}`, `connection ${i}`, '192.0.2.1');
    expect(limit.open).toBe(750);
    expect(openAll(limit, 'token a', 'connection 2000', '192.0.2.1')).toBe(125);
  });

  it('takes connections of this machine for a proxy and its neighbours', () => {
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.6', undefined].map(remoteAddress)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(remoteAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
  });
});
