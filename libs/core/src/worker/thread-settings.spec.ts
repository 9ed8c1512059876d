import { getPriority } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import type { Isolation } from './channel.js';
import { setThreadSettings, threadSettings } from './thread-settings.js';
import { workerEntry } from './worker-entry.js';
import { WorkerHost } from './worker-host.js';

const entry = workerEntry(import.meta.url, './testing/echo-worker.js');
const before = threadSettings();
afterEach(() => setThreadSettings(before));

/** What a worker that steps back says of itself. */
async function stepBackIn(isolation: Isolation, niceness: number) {
  const host = await WorkerHost.start({ entry, name: 'echo', isolation, init: async () => undefined });
  try {
    return await host.call<{ niceness: number; settings: object }>('stepBack', niceness);
  } finally {
    await host.close();
  }
}

// Priorities are those of threads on Linux alone.
describe.runIf(process.platform === 'linux').each<Isolation>(['thread', 'process'])(
  'a worker in a %s',
  (isolation) => {
    const least = Math.min(19, getPriority() + 1);

    it('steps back, and collects what lies about', async () => {
      const settings = { stepBack: true, collectIdle: true };
      expect(await stepBackIn(isolation, least)).toEqual({ niceness: least, settings });
    });

    it('stays as it is where the settings of who started it say so', async () => {
      const settings = { stepBack: false, collectIdle: false };
      setThreadSettings(settings);
      expect(await stepBackIn(isolation, least)).toEqual({ niceness: getPriority(), settings });
    });
  },
);
