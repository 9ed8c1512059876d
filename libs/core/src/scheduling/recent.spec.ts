import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Recent } from './recent.js';

describe('what was seen lately', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => vi.useRealTimers());

  it('is forgotten by who only sees, too', () => {
    const recent = new Recent<string>(1000);
    const forget = vi.spyOn(Map.prototype, 'delete');

    recent.see('first');
    vi.advanceTimersByTime(1001);
    forget.mockClear();
    recent.see('second');
    expect(forget).toHaveBeenCalledWith('first');
    forget.mockRestore();
    expect(recent.size).toBe(1);
  });
});
