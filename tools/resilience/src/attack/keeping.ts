import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';
import type { AttackReport } from './attack.js';
import { settled, watchPeak } from './beside.js';
import { startTarget } from './target.js';
import type { ServedProcess } from '../served-process.js';

/** Most that memory may grow by for each MB that is sent. */
const SLOPE = 0.02;
/** Below so much, in MB, a slope is not told from what a process comes and goes by: samples send little. */
const NOISE_MB = 20;
/** Most that is left when the streams have ended, in MB. */
const LEFT_MB = 30;
const RETURN_MS = 60_000;
/** Threads that rest collect their garbage within this time, and the allocator gives back what is free. */
const REST_MS = 45_000;
const LOOK_MS = 500;
/** What is allocated once, and caches that fill, are no slope. */
const SETTLING = 0.25;

/** Sends so many bytes, and tells of them as they have gone. */
export type Sending = (
  client: TriptychClient,
  bytes: number,
  sent: (bytes: number) => void,
) => Promise<unknown>;

export interface KeepingOptions {
  /** Each kind of sending by its name. */
  readonly kinds: Readonly<Record<string, Sending>>;
  readonly bytes: number;
  /** Most that memory may grow by while they last, in MB. Default: what the slope allows. */
  readonly grownMb?: number;
  readonly flags?: readonly string[];
}

interface Look {
  readonly sentMb: number;
  readonly serverMb: number;
  readonly clientMb: number;
}

/** Whether long streams leave anything behind, in a fresh server each, or in this process, which is their client. */
export async function keepsNothing(options: KeepingOptions): Promise<AttackReport> {
  const facts: Record<string, number | string> = {};
  const problems: string[] = [];
  for (const [name, sending] of Object.entries(options.kinds)) {
    const found = await keptBy(sending, options);
    for (const [what, value] of Object.entries(found)) facts[`${name}: ${what}`] = value;
    const { grownMb = Infinity } = options;
    for (const side of ['server', 'client'] as const) {
      const slope = found[`${side}, MB kept for each MB sent`];
      if (slope > SLOPE && slope * found['sent, MB'] > NOISE_MB)
        problems.push(`${name}: the ${side} keeps ${slope.toFixed(3)} MB of each MB`);
    }
    const [most, left] = [found['grown at most, MB'], found['left at the end, MB']];
    if (most > grownMb) problems.push(`${name}: ${most.toFixed(0)} MB more while it lasts, asked ${grownMb}`);
    if (left > LEFT_MB)
      problems.push(`${name}: ${left.toFixed(0)} MB more when it had ended, asked ${LEFT_MB}`);
  }
  return { facts, problems };
}

async function keptBy(sending: Sending, { bytes, flags }: KeepingOptions) {
  const server = await startTarget(flags);
  const client = new TriptychClient(server.address, { ownConnections: true });
  let sentMb = 0;
  const count = (more: number) => (sentMb += more / 1e6);
  try {
    // Buffers and caches of a server that has just started fill once.
    await sending(client, bytes / 10, count);
    const before = await leastAtRest(server);
    const peak = watchPeak(server);
    const looks: Look[] = [];
    sentMb = 0;
    const started = performance.now();
    const timer = setInterval(
      () => looks.push({ sentMb, serverMb: server.rssMb(), clientMb: ownMb() }),
      LOOK_MS,
    );
    await sending(client, bytes, count).finally(() => clearInterval(timer));
    const seconds = (performance.now() - started) / 1000;
    const settledLooks = looks.slice(Math.floor(SETTLING * looks.length));
    return {
      'sent, MB': sentMb,
      'MB/s': sentMb / seconds,
      'grown at most, MB': peak.stop() - before,
      'server, MB kept for each MB sent': slope(settledLooks, ({ serverMb }) => serverMb),
      'client, MB kept for each MB sent': slope(settledLooks, ({ clientMb }) => clientMb),
      'left at the end, MB': (await settled(server, before + LEFT_MB, RETURN_MS)) - before,
    };
  } finally {
    client.close();
    await server.stop();
  }
}

/** Garbage of what came before is not counted as memory that was in use. */
async function leastAtRest(server: ServedProcess): Promise<number> {
  const until = performance.now() + REST_MS;
  let least = Infinity;
  for (; performance.now() < until; await sleep(LOOK_MS)) least = Math.min(least, server.rssMb());
  return least;
}

function ownMb(): number {
  return process.memoryUsage.rss() / 1e6;
}

/** MB for each MB that is sent: the line through all looks of least squares. */
function slope(looks: readonly Look[], memory: (look: Look) => number): number {
  const mean = (of: (look: Look) => number) => looks.reduce((sum, look) => sum + of(look), 0) / looks.length;
  const [sent, kept] = [mean(({ sentMb }) => sentMb), mean(memory)];
  const sum = (of: (look: Look) => number) => looks.reduce((total, look) => total + of(look), 0);
  const spread = sum(({ sentMb }) => (sentMb - sent) ** 2);
  return sum((look) => (look.sentMb - sent) * (memory(look) - kept)) / spread;
}
