import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TriptychClient } from '@triptych/client';
import { printReport } from './measuring.js';
import { Misbehaving } from './misbehaving.js';
import { misbehaviours } from './misbehaviours.js';
import type { ServerProcess } from './server-process.js';
import { quantile } from './statistics.js';
import { liveConfig, RATE, tone, withTinyServer } from './tiny-server.js';

const help = `Streams live audio, in real time, without and then with other clients that behave badly, and says how late windows are:
  greedy     a stream that sends as fast as it can
  unread     a stream that sends as fast as it can, on a connection that is never read
  silent     1000 streams that are opened and send nothing
  slow       a stream that sends a byte a second
  cancels    calls that are cancelled at once, 1000 a second
They run in a process of their own, at the lowest priority: what they take of this machine is not the server's doing.

  node tools/bench/dist/fairness.js [--only NAME] [--streams 20] [--seconds 20] [--json]
`;

const CHUNK_MS = 100;

async function measure(
  server: ServerProcess,
  names: readonly string[],
  streams: number,
  seconds: number,
): Promise<Record<string, number>> {
  // The first windows of a server are slower than any later.
  await live(server, streams, 3);
  const report: Record<string, number> = {};
  for (const name of names) {
    process.stderr.write(`alone, then beside ${name} …\n`);
    const quiet = await live(server, streams, seconds);
    const quietMb = server.rssMb();
    const bad = new Misbehaving(name, server.address);
    await sleep(1000);
    const lags = await live(server, streams, seconds);
    report[`${name}: window lag p99, ms`] = quantile(lags, 0.99);
    report[`${name}: the same alone, ms`] = quantile(quiet, 0.99);
    report[`${name}: window lag p99 ÷ alone`] = quantile(lags, 0.99) / quantile(quiet, 0.99);
    report[`${name}: worst window lag ÷ worst alone`] = quantile(lags, 1) / quantile(quiet, 1);
    report[`${name}: RSS of the server, MB more than alone`] = server.rssMb() - quietMb;
    report[`${name}: what it did, a second`] = (await bad.stop()) / (seconds + 1);
    await sleep(500);
  }
  return report;
}

/** Lags of every window of some streams that send in real time, evenly spread over it. */
async function live(server: ServerProcess, streams: number, seconds: number): Promise<number[]> {
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
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else {
  const names = Object.keys(misbehaviours).filter((name) => (values.only ?? name) === name);
  const [streams, seconds] = [values.streams, values.seconds].map(Number);
  printReport(
    await withTinyServer((server) => measure(server, names, streams, seconds)),
    values.json ?? false,
  );
}
