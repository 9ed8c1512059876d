import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Admission } from './admission.js';

const call = (deadlineMs = Infinity, lane = 'm/audio') => ({
  lane,
  items: 1,
  bytes: 10,
  deadline: Date.now() + deadlineMs,
});

describe('admission', () => {
  it('refuses what goes beyond its bounds, and takes it once there is room', async () => {
    const admission = new Admission({ maxItems: 2, maxBytes: 1000 });
    const works = [50, 50].map((ms) => admission.run(call(), () => sleep(ms)));
    await expect(admission.run(call(), () => sleep(0))).rejects.toMatchObject({ reason: 'OVERLOADED' });
    expect(() => admission.checkAny('audio', Infinity)).toThrow(/2 items are in work/);
    expect(() => admission.checkAny('image', Infinity)).not.toThrow();
    await Promise.all(works);
    await admission.run(call(), () => sleep(0));
  });

  it('refuses what would not be done by its deadline, and nothing on an idle server', async () => {
    const admission = new Admission({ maxItems: 100, maxBytes: 1e6 });
    await admission.run(call(), () => sleep(100));
    // Idle: whatever calls took before, this one is first in line.
    await admission.run(call(10), () => sleep(1));
    const works = Array.from({ length: 10 }, () => admission.run(call(), () => sleep(60)));
    await expect(admission.run(call(300), () => sleep(0))).rejects.toThrow(/the deadline is in \d+ ms/);
    expect(() => admission.checkAny('audio', Date.now() + 300)).toThrow(/the deadline is in/);
    await admission.run(call(60_000), () => sleep(0));
    // Another lane has its own line.
    await admission.run(call(300, 'm/image'), () => sleep(0));
    await Promise.all(works);
  });

  it('counts what failed as done', async () => {
    const admission = new Admission({ maxItems: 1, maxBytes: 1000 });
    await expect(admission.run(call(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await admission.run(call(), () => sleep(0));
  });
});
