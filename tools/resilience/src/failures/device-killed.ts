import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';
import { Load } from '../load.js';
import { resourcesAtRest } from '../models/resources.js';
import { ServedProcess } from '../served-process.js';
import { type Failure, problemsOf } from './failure.js';

const UNAVAILABLE = 14;
/** Software that plays a graphics card compiles for seconds. */
const LONGEST_BACK_MS = 120_000;
/** A call is under way by then, now and then one is computed. */
const MOST_PAUSE_MS = 1500;

/** SIGKILL of the process that computes on a device, again and again, at moments that no call chooses. */
export function deviceKilled(device: string, kills: number): Failure {
  return {
    title: `kill -9 of the process of --device ${device} under load, ${kills} times`,
    async run() {
      const server = await ServedProcess.start(['--device', device]);
      const client = new TriptychClient(server.address);
      // What the first call takes, compiled kernels among it, is no leak.
      const first = new Load(client, 1);
      await backAfter(first, 0);
      await first.stop();
      const before = await resourcesAtRest(server);
      const memoryBefore = ownMb(server);
      const load = new Load(client, 4);
      const backs: number[] = [];
      for (let i = 0; i < kills && server.isRunning; i++) {
        await sleep(Math.random() * MOST_PAUSE_MS);
        process.kill(deviceProcess(server), 'SIGKILL');
        backs.push(await backAfter(load, performance.now()));
        if (backs.at(-1) === Infinity) break;
      }
      await load.stop();
      const after = server.isRunning ? await resourcesAtRest(server) : undefined;
      const memoryAfter = server.isRunning ? ownMb(server) : Infinity;
      const isAlive = server.isRunning;
      client.close();
      await server.stop();
      const sorted = backs.toSorted((a, b) => a - b);
      const others = load.count(({ code }) => code !== 0 && code !== UNAVAILABLE);
      return {
        facts: {
          kills: backs.length,
          'calls answered': load.count(({ code }) => code === 0),
          'calls answered UNAVAILABLE': load.count(({ code }) => code === UNAVAILABLE),
          'calls answered otherwise': others,
          'service back after, median, ms': Math.round(sorted[sorted.length >> 1]),
          'service back after, longest, ms': Math.round(sorted[sorted.length - 1]),
          'memory of the server before, MB': Math.round(memoryBefore),
          'memory of the server after, MB': Math.round(memoryAfter),
          'descriptors before': before.descriptors,
          'descriptors after': after?.descriptors ?? 0,
          'processes before': before.processes,
          'processes after': after?.processes ?? 0,
        },
        problems: problemsOf({
          'every item is answered, or refused as UNAVAILABLE': others === 0,
          'service is back each time': backs.length === kills && backs.every(Number.isFinite),
          'no process or descriptor stays':
            after?.processes === before.processes && after.descriptors <= before.descriptors + 4,
          'memory of the server is as before, within 100 MB': memoryAfter < memoryBefore + 100,
          'the server lives': isAlive,
        }),
      };
    },
  };
}

/** Memory of the server alone: its device's process is another one each time. */
function ownMb(server: ServedProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** The process that has the session. */
function deviceProcess(server: ServedProcess): number {
  const found = server
    .childPids()
    .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('session-worker'));
  // Between two of them there is none.
  return found ?? server.childPids()[0];
}

/** Until a call that began after `since` was answered with a vector. */
async function backAfter(load: Load, since: number): Promise<number> {
  while (performance.now() - since < LONGEST_BACK_MS) {
    const back = load.outcomes.findLast(({ code, startedAt }) => code === 0 && startedAt > since);
    if (back) return back.endedAt - since;
    await sleep(50);
  }
  return Infinity;
}
