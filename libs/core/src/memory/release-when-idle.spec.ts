import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { releaseWhenIdle } from './release-when-idle.js';

const MB = 1024 * 1024;
const everyMs = 20;

/** Memory that is counted by hand. */
function memory(held: number, kept: number) {
  const state = { held, releases: 0 };
  const release = () => {
    state.releases++;
    state.held = kept;
  };
  return { state, options: { everyMs, held: () => state.held, release } };
}

/** Takes a part of this thread's time. */
async function work(ms: number, part: number): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    const busyUntil = performance.now() + 10 * part;
    while (performance.now() < busyUntil);
    await sleep(10 * (1 - part));
  }
}

describe('memory of a thread that is idle', () => {
  it('is released where it rests, however little has come, and once', async () => {
    const { state, options } = memory(100 * MB, 98 * MB);
    const stop = releaseWhenIdle(options);
    try {
      await expect.poll(() => state.releases).toBe(1);
      await sleep(20 * everyMs);
      expect(state.releases).toBe(1);
      state.held += 2 * MB;
      await expect.poll(() => state.releases).toBe(2);
      state.held += MB / 2;
      await sleep(20 * everyMs);
      expect(state.releases).toBe(2);
    } finally {
      stop();
    }
  });

  it('is released where it works some of the time and much has come, and not before', async () => {
    const { state, options } = memory(100 * MB, 98 * MB);
    const stop = releaseWhenIdle(options);
    try {
      await work(20 * everyMs, 0.2);
      state.held += 8 * MB;
      await work(20 * everyMs, 0.2);
      expect(state.releases).toBe(0);
      state.held += 8 * MB;
      await work(20 * everyMs, 0.2);
      expect(state.releases).toBe(1);
    } finally {
      stop();
    }
  });
});
