import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';
import { live } from '../live-stream.js';
import { Load } from '../load.js';
import { ServedProcess } from '../served-process.js';
import { speech } from '../speech.js';
import { type Failure, problemsOf } from './failure.js';

const UNAVAILABLE = 14;
const STREAMS = 4;

/** SIGKILL of the inference process in the middle of a batch. */
export const workerKilled: Failure = {
  title: 'kill -9 of an inference worker under load (--isolation process)',
  async run() {
    const server = await ServedProcess.start(['--isolation', 'process']);
    const client = new TriptychClient(server.address);
    let isOver = false;
    const streams = Array.from({ length: STREAMS }, () => live(client, speech(), () => isOver));
    const ended = Promise.allSettled(streams);
    const load = new Load(client, 16);
    await sleep(2000);
    const worker = await server.busiestChild();
    process.kill(worker, 'SIGKILL');
    const killedAt = performance.now();
    await sleep(6000);
    isOver = true;
    await load.stop();
    const results = await ended;
    const windows = results.flatMap((result) => (result.status === 'fulfilled' ? result.value.windows : []));
    const lost = windows.filter(({ error }) => error);
    const back = load.outcomes.find(({ code, startedAt }) => code === 0 && startedAt > killedAt);
    const backMs = back ? back.endedAt - killedAt : Infinity;
    const failed = load.count(({ code }) => code === UNAVAILABLE);
    const isAlive = server.isRunning;
    client.close();
    await server.stop();
    return {
      facts: {
        'calls answered': load.count(({ code }) => code === 0),
        'calls answered UNAVAILABLE': failed,
        'service back after, ms': Math.round(backMs),
        'windows answered': windows.length - lost.length,
        'windows answered UNAVAILABLE': lost.length,
      },
      problems: problemsOf({
        'items of the batch answer UNAVAILABLE': failed > 0,
        'no other failure': load.count(({ code }) => code !== 0 && code !== UNAVAILABLE) === 0,
        'windows fail as UNAVAILABLE alone': lost.every(({ error }) => error?.code === UNAVAILABLE),
        'every stream goes on to its end': results.every(({ status }) => status === 'fulfilled'),
        'service is back within 5 s': backMs < 5000,
        'the server lives': isAlive,
      }),
    };
  },
};
