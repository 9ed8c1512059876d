import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';
import { differences, expectedWindows, live } from '../live-stream.js';
import { Load } from '../load.js';
import { ServedProcess } from '../served-process.js';
import { speech } from '../speech.js';
import { type Failure, problemsOf } from './failure.js';

const STREAMS = 4;

/** SIGSTOP, and SIGCONT a while later: a machine that sleeps, a debugger, a frozen container. */
export const serverPaused = (pauseMs: number): Failure => ({
  title: `SIGSTOP for ${pauseMs / 1000} s under load`,
  async run() {
    const server = await ServedProcess.start();
    const client = new TriptychClient(server.address);
    const audio = speech();
    let isOver = false;
    const streams = Array.from({ length: STREAMS }, () => live(client, audio, () => isOver));
    const ended = Promise.allSettled(streams);
    const load = new Load(client, 8);
    await sleep(1000);
    server.signal('SIGSTOP');
    await sleep(pauseMs);
    server.signal('SIGCONT');
    const resumedAt = performance.now();
    await sleep(2000);
    isOver = true;
    await load.stop();
    const results = (await ended).flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    let wrong = 0;
    for (const { windows, sent } of results)
      wrong += differences(windows, await expectedWindows(client, audio, sent)).length;
    const first = load.outcomes.find(({ code, endedAt }) => code === 0 && endedAt > resumedAt);
    client.close();
    await server.stop();
    return {
      facts: {
        'calls answered': load.count(({ code }) => code === 0),
        'calls failed': load.count(({ code }) => code !== 0),
        'first answer after it, ms': Math.round((first?.endedAt ?? Infinity) - resumedAt),
        windows: results.reduce((sum, { windows }) => sum + windows.length, 0),
        'windows missing or wrong': wrong,
      },
      problems: problemsOf({
        'no call fails': load.count(({ code }) => code !== 0) === 0,
        'every stream goes on to its end': results.length === STREAMS,
        'every window comes once and is right': wrong === 0,
      }),
    };
  },
});
