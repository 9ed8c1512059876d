import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TriptychClient } from '@triptych/client';
import { live } from './live-stream.js';
import { callOnce, Load } from './load.js';
import { printFacts } from './report.js';
import { ServedProcess } from './served-process.js';
import { oneClip, speech } from './speech.js';

const help = `Keeps a server at a part of its peak for a while, with calls, live streams that come and go, and connections that do, and
looks at its memory, descriptors and threads meanwhile: the slope of memory in the last three quarters, and the noise about it.

  node tools/resilience/dist/soak.js [--minutes 20] [--load 0.7] [--json]
`;

const RESOURCE_EXHAUSTED = 8;
const IN_FLIGHT = 16;
const PEAK_MS = 5000;
const LOOK_MS = 2000;
const STREAMS = 4;
const STREAM_MS = 20_000;
/** What is allocated once, and caches that fill, are no slope. */
const SETTLING = 0.25;

interface Sample {
  readonly minutes: number;
  readonly rssMb: number;
  readonly descriptors: number;
  readonly threads: number;
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    load: { type: 'string', default: '0.7' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else await main(Number(values.minutes), Number(values.load), values.json ?? false);

async function main(minutes: number, part: number, json: boolean): Promise<void> {
  const server = await ServedProcess.start();
  try {
    const client = new TriptychClient(server.address);
    const peak = await peakRate(client);
    const until = performance.now() + minutes * 60_000;
    const samples: Sample[] = [];
    const [codes, windows] = await Promise.all([
      calls(client, peak * part, until),
      streams(server.address, until),
      watch(server, until, samples),
    ]);
    client.close();
    const settled = samples.slice(Math.floor(samples.length * SETTLING));
    const { slope, noise } = line(settled);
    const range = (of: (sample: Sample) => number) => {
      const found = settled.map(of);
      return `${Math.min(...found)} to ${Math.max(...found)}`;
    };
    printFacts(
      {
        minutes,
        'peak, calls/s': peak,
        'offered, calls/s': peak * part,
        'calls answered': codes.filter((code) => code === 0).length,
        'calls refused for load': codes.filter((code) => code === RESOURCE_EXHAUSTED).length,
        'calls failed': codes.filter((code) => code !== 0 && code !== RESOURCE_EXHAUSTED).length,
        'windows of live streams': windows,
        'RSS at the start, MB': samples[0].rssMb,
        'RSS at the end, MB': samples[samples.length - 1].rssMb,
        'slope of RSS, MB/min': slope,
        'noise of RSS about it, MB (standard deviation)': noise,
        'change of RSS over the run by that slope, MB': slope * minutes * (1 - SETTLING),
        'open descriptors': range(({ descriptors }) => descriptors),
        threads: range(({ threads }) => threads),
      },
      json,
    );
  } finally {
    await server.stop();
  }
}

/** Calls a second that are answered where some are always in flight. */
async function peakRate(client: TriptychClient): Promise<number> {
  const load = new Load(client, IN_FLIGHT);
  await sleep(PEAK_MS);
  const answered = load.count(({ code }) => code === 0);
  await load.stop();
  return (1000 * answered) / PEAK_MS;
}

/** Calls at a rate, whatever becomes of those before them. Their statuses. */
async function calls(client: TriptychClient, rate: number, until: number): Promise<number[]> {
  const request = oneClip();
  const codes: number[] = [];
  const open = new Set<Promise<void>>();
  const started = performance.now();
  for (let sent = 0; performance.now() < until; sent++) {
    await sleep(Math.max(0, started + (1000 * sent) / rate - performance.now()));
    const call: Promise<void> = callOnce(client, request).then(({ code }) => {
      codes.push(code);
      open.delete(call);
    });
    open.add(call);
  }
  await Promise.all(open);
  return codes;
}

/** Live streams that end and begin anew, each time on a connection of its own. How many windows came. */
async function streams(address: string, until: number): Promise<number> {
  const audio = speech();
  let windows = 0;
  const one = async () => {
    while (performance.now() < until) {
      const client = new TriptychClient(address, { ownConnections: true });
      const end = Math.min(until, performance.now() + STREAM_MS);
      const result = await live(client, audio, () => performance.now() >= end);
      windows += result.windows.length;
      client.close();
    }
  };
  await Promise.all(Array.from({ length: STREAMS }, one));
  return windows;
}

async function watch(server: ServedProcess, until: number, samples: Sample[]): Promise<void> {
  const started = performance.now();
  while (performance.now() < until) {
    samples.push({
      minutes: (performance.now() - started) / 60_000,
      rssMb: server.rssMb(),
      descriptors: server.descriptors(),
      threads: server.threads(),
    });
    if (samples.length % 30 === 0)
      process.stderr.write(
        `${samples[samples.length - 1].minutes.toFixed(0)} min: ${server.rssMb().toFixed(0)} MB\n`,
      );
    await sleep(LOOK_MS);
  }
}

/** Least squares of memory over time, and the standard deviation of what it leaves. */
function line(samples: readonly Sample[]): { slope: number; noise: number } {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, s) => sum + of(s), 0) / samples.length;
  const [t, m] = [mean(({ minutes }) => minutes), mean(({ rssMb }) => rssMb)];
  const slope =
    mean(({ minutes, rssMb }) => (minutes - t) * (rssMb - m)) / mean(({ minutes }) => (minutes - t) ** 2);
  return { slope, noise: Math.sqrt(mean(({ minutes, rssMb }) => (rssMb - m - slope * (minutes - t)) ** 2)) };
}
