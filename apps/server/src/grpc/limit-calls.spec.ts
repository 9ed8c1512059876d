import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { remoteAddress } from './connections.js';
import { CallLimit } from './limit-calls.js';

/** Calls that one caller may open. */
function openAll(
  limit: CallLimit,
  principal: string,
  connection: { id: string; address: string | undefined },
): number {
  for (let count = 0; ; count++) {
    try {
      limit.check({
        path: '/triptych.v1.AudioEncoder/EncodeStream',
        metadata: new Metadata(),
        deadline: Infinity,
        connection: { certificate: undefined, ...connection },
        principal,
        slowedMs: 0,
      });
    } catch {
      return count;
    }
  }
}

const here = (id: string) => ({ id, address: undefined });

describe('the limit on open calls', () => {
  it('gives a caller of many connections no more than one of one', () => {
    const limit = new CallLimit(1000);
    expect(openAll(limit, 'token a', here('connection 1'))).toBe(500);
    expect(openAll(limit, 'token a', here('connection 2'))).toBe(0);
    expect(openAll(limit, 'token b', here('connection 3'))).toBe(250);
    expect(limit.open).toBe(750);
    expect(limit.callers).toBe(2);
  });

  it('leaves a quarter to other addresses, whatever connections come from one', () => {
    const limit = new CallLimit(1000);
    let open = 0;
    for (let i = 0; i < 1000; i++)
      open += openAll(limit, `connection ${i}`, { id: `connection ${i}`, address: '192.0.2.1' });
    expect(open).toBe(750);
    expect(openAll(limit, 'connection 2000', { id: 'connection 2000', address: '192.0.2.2' })).toBe(125);
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
