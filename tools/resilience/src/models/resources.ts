import { setTimeout as sleep } from 'node:timers/promises';
import type { ServedProcess } from '../served-process.js';

/** What a server holds while it rests. */
export interface Resources {
  readonly rssMb: number;
  readonly threads: number;
  readonly descriptors: number;
  readonly processes: number;
}

const REST_MS = 10_000;
const SAMPLES = 5;

/** What a server holds once it has rested for so long: the least of some samples, as garbage and idle connections go by and by. */
export async function resourcesAtRest(server: ServedProcess, restMs = REST_MS): Promise<Resources> {
  await sleep(restMs);
  const samples: Resources[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    await sleep(1000);
    samples.push({
      rssMb: server.rssMb(),
      threads: server.threads(),
      descriptors: server.descriptors(),
      processes: server.childPids().length,
    });
  }
  const least = (of: (sample: Resources) => number) => Math.min(...samples.map(of));
  return {
    rssMb: least(({ rssMb }) => rssMb),
    threads: least(({ threads }) => threads),
    descriptors: least(({ descriptors }) => descriptors),
    processes: least(({ processes }) => processes),
  };
}
