import { describe, expect, it } from 'vitest';
import { CallLimit } from './call-limit.js';

/** Calls that one caller may open. */
function openAll(limit: CallLimit, principal: string, address?: string): number {
  for (let count = 0; ; count++) {
    try {
      limit.enter(principal, address);
    } catch {
      return count;
    }
  }
}

describe('the limit on open calls', () => {
  it('gives a caller half, and the next half of what is left', () => {
    const limit = new CallLimit(1000);
    expect(openAll(limit, 'token a')).toBe(500);
    expect(openAll(limit, 'token a')).toBe(0);
    expect(openAll(limit, 'token b')).toBe(250);
    expect(limit.open).toBe(750);
    expect(limit.callers).toBe(2);
  });

  it('leaves a quarter to other addresses, whatever connections come from one', () => {
    const limit = new CallLimit(1000);
    let open = 0;
    for (let i = 0; i < 1000; i++) open += openAll(limit, `connection ${i}`, '192.0.2.1');
    expect(open).toBe(750);
    expect(openAll(limit, 'connection 2000', '192.0.2.2')).toBe(125);
  });

  it('counts a call out once, and one that was refused not at all', () => {
    const limit = new CallLimit(1000);
    const leave = limit.enter('connection 1', '192.0.2.1');
    openAll(limit, 'connection 2', '192.0.2.1');
    const before = limit.open;
    expect(() => limit.enter('connection 2', '192.0.2.1')).toThrow(/calls are open/);
    expect(limit.open).toBe(before);
    leave();
    leave();
    expect(limit.open).toBe(before - 1);
  });
});
