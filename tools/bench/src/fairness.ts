import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TriptychClient } from '@triptych/client';
import { printReport } from './measuring.js';
import { Misbehaving } from './misbehaving.js';
import { misbehaviours } from './misbehaviours.js';
import type { ServerProcess } from './server-process.js';
import { median, quantile } from './statistics.js';
import { liveConfig, RATE, tone, withTinyServer } from './tiny-server.js';

const help = `Streams live audio, in real time, without and then with other clients that behave badly, and says how late windows are:
  greedy     a stream that sends as fast as it can
  unread     a stream that sends as fast as it can, on a connection that is never read
  silent     1000 streams that are opened and send nothing
  slow       a stream that sends a byte a second
  cancels    calls that are cancelled at once, 1000 a second
They run in a process of their own, at the priority of everybody else.
Each is measured in rounds, alone and beside it in turn: 2 minutes of a kind, 11 in all.

  node tools/bench/dist/fairness.js [--only NAME] [--streams 20] [--seconds 20] [--rounds 3] [--json]
`;

const CHUNK_MS = 100;

interface Extent {
  readonly streams: number;
  readonly seconds: number;
  readonly rounds: number;
}

async function measure(
  server: ServerProcess,
  names: readonly string[],
  extent: Extent,
): Promise<Record<string, number>> {
  // The first windows of a server are slower than any later.
  await live(server, { ...extent, seconds: 3 });
  const report: Record<string, number> = {};
  for (const name of names)
    for (const [what, value] of Object.entries(await measureOne(server, name, extent)))
      report[`${name}: ${what}`] = value;
  return report;
}

async function measureOne(
  server: ServerProcess,
  name: string,
  extent: Extent,
): Promise<Record<string, number>> {
  const rounds: { readonly alone: number[]; readonly beside: number[] }[] = [];
  const done: number[] = [];
  const grown: number[] = [];
  for (let round = 1; round <= extent.rounds; round++) {
    process.stderr.write(`${name}, round ${round} of ${extent.rounds}: alone, then beside it …\n`);
    const alone = await live(server, extent);
    const aloneMb = server.rssMb();
    const bad = new Misbehaving(name, server.address);
    await sleep(1000);
    const beside = await live(server, extent);
    rounds.push({ alone, beside });
    grown.push(server.rssMb() - aloneMb);
    done.push((await bad.stop()) / (extent.seconds + 1));
    await sleep(500);
  }
  const p99 = (lags: readonly number[]) => quantile(lags, 0.99);
  const ratios = rounds.map(({ alone, beside }) => p99(beside) / p99(alone));
  const worst = (of: 'alone' | 'beside') => Math.max(...rounds.flatMap((round) => round[of]));
  return {
    'window lag p99, ms': median(rounds.map(({ beside }) => p99(beside))),
    'the same alone, ms': median(rounds.map(({ alone }) => p99(alone))),
    'window lag p99 ÷ alone, median of rounds': median(ratios),
    'window lag p99 ÷ alone, highest of rounds': Math.max(...ratios),
    'worst window lag ÷ worst alone': worst('beside') / worst('alone'),
    'RSS of the server, MB more than alone, most': Math.max(...grown),
    'what it did, a second': median(done),
  };
}

/** Lags of every window of some streams that send in real time, evenly spread over it. */
async function live(
  server: ServerProcess,
  { streams, seconds }: Pick<Extent, 'streams' | 'seconds'>,
): Promise<number[]> {
  const client = new TriptychClient(server.address, { ownConnections: true });
  const data = tone(seconds);
  const bytes = (RATE * 2 * CHUNK_MS) / 1000;
  const lags: number[] = [];
  const one = async (index: number) => {
    await sleep((index * liveConfig.windowMs) / streams);
    const stream = client.streamAudio();
    stream.configure(liveConfig);
    const sentAt: number[] = [];
    const started = performance.now();
    const sending = (async () => {
      for (let i = 0; i * bytes < data.length; i++) {
        await sleep(Math.max(0, started + i * CHUNK_MS - performance.now()));
        sentAt[i] = performance.now();
        await stream.send(data.subarray(i * bytes, (i + 1) * bytes));
      }
      stream.finish();
    })();
    for await (const { window } of stream)
      if (window?.embedding) lags.push(performance.now() - sentAt[Number(window.lastSequence)]);
    await sending;
  };
  await Promise.all(Array.from({ length: streams }, (_, i) => one(i)));
  client.close();
  return lags;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    streams: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const known = Object.keys(misbehaviours);
if (values.help) process.stdout.write(help);
else if (values.only !== undefined && !known.includes(values.only)) {
  process.stderr.write(`--only ${values.only}: none of ${known.join(', ')}\n`);
  process.exitCode = 2;
} else {
  const [streams, seconds, rounds] = [values.streams, values.seconds, values.rounds].map(Number);
  const names = values.only === undefined ? known : [values.only];
  printReport(
    await withTinyServer((server) => measure(server, names, { streams, seconds, rounds })),
    values.json ?? false,
  );
}
