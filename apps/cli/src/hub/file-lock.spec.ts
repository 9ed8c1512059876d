import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockFile } from './file-lock.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-lock-'));
});
afterAll(() => rm(work, { recursive: true }));

const MINUTE_MS = 60_000;

describe('a lock that another machine holds', () => {
  it.each([
    ['ten minutes behind', -10 * MINUTE_MS],
    ['right', 0],
    ['ten minutes ahead', 10 * MINUTE_MS],
  ])('is waited for while it shows signs of life, its clock being %s', async (_, skewMs) => {
    const path = join(work, `lock-${skewMs}`);
    const tell = () => {
      const then = new Date(Date.now() + skewMs);
      return utimes(path, then, then);
    };
    await writeFile(path, JSON.stringify({ pid: 1, host: 'elsewhere', space: '', id: 'some' }));
    await tell();
    const alive = setInterval(() => void tell().catch(() => undefined), 100);
    let isTaken = false;
    const taking = lockFile(path, 'works', undefined, 1000).finally(() => (isTaken = true));
    await sleep(2000);
    expect(isTaken).toBe(false);
    clearInterval(alive);
    const started = performance.now();
    await (await taking)?.release();
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
