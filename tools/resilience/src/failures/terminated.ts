import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';
import { live } from '../live-stream.js';
import { Load } from '../load.js';
import { ServedProcess } from '../served-process.js';
import { speech } from '../speech.js';
import { type Failure, problemsOf } from './failure.js';

const UNAVAILABLE = 14;
const DRAIN_MS = 3000;
/** A call that left less than this before the signal may not have been accepted when it came. */
const ON_ITS_WAY_MS = 100;

/** SIGTERM while calls are in flight, and a stream that ends within the time to drain. */
export const terminated: Failure = {
  title: 'SIGTERM under load',
  async run() {
    const server = await ServedProcess.start(['--drain-ms', String(DRAIN_MS)]);
    const client = new TriptychClient(server.address);
    let isOver = false;
    const stream = live(client, speech(), () => isOver).then(
      ({ windows }) => windows.filter(({ embedding }) => embedding).length,
      () => 0,
    );
    const load = new Load(client, 16);
    await sleep(2000);
    server.signal('SIGTERM');
    const signalledAt = performance.now();
    await sleep(1000);
    isOver = true;
    const windows = await stream;
    const code = await server.exited;
    const endedMs = performance.now() - signalledAt;
    await load.stop();
    client.close();
    const accepted = load.outcomes.filter(({ startedAt }) => startedAt < signalledAt - ON_ITS_WAY_MS);
    const later = load.outcomes.filter(({ startedAt }) => startedAt >= signalledAt - ON_ITS_WAY_MS);
    return {
      facts: {
        'calls accepted before it': accepted.length,
        'of them failed': accepted.filter((outcome) => outcome.code !== 0).length,
        'calls after it, refused': later.filter((outcome) => outcome.code === UNAVAILABLE).length,
        'windows of the stream that went on': windows,
        'ended after, ms': Math.round(endedMs),
        'exit code': code ?? 'none',
      },
      problems: problemsOf({
        'what was accepted is answered': accepted.every((outcome) => outcome.code === 0),
        'what comes later is answered or UNAVAILABLE': later.every(
          ({ code: c }) => c === 0 || c === UNAVAILABLE,
        ),
        'a stream that ends in time ends well': windows >= 5,
        'it ends once the last call has': endedMs < DRAIN_MS,
        'its exit code is 0': code === 0,
      }),
    };
  },
};
