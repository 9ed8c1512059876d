import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AudioContext, TriptychClient } from '@triptych/client';
import { printReport } from './measuring.js';
import type { ServerProcess } from './server-process.js';
import { quantile } from './statistics.js';
import { RATE, tone, withTinyServer } from './tiny-server.js';

const help = `Streams live audio, in real time, without and then with other clients that behave badly, and says how late windows are:
  greedy     a stream that sends as fast as it can
  unread     a stream whose answers nobody reads
  silent     1000 streams that are opened and send nothing
  slow       a stream that sends a byte a second
  cancels    calls that are cancelled at once, 1000 a second

  node tools/bench/dist/fairness.js [--streams 20] [--seconds 20] [--json]
`;

const CHUNK_MS = 100;
const WINDOW_MS = 1000;
const config = {
  format: { encoding: 1 as const, sampleRateHz: RATE },
  windowMs: WINDOW_MS,
  context: AudioContext.AUDIO_CONTEXT_TRIMMED,
  options: { encoding: 2 as const },
};

/** A client that misbehaves until it is stopped. */
type Misbehaviour = (client: TriptychClient, isStopped: () => boolean) => Promise<unknown>;

const misbehaviours: Readonly<Record<string, Misbehaviour>> = {
  greedy: async (client, isStopped) => {
    const stream = client.streamAudio();
    stream.configure(config);
    const data = tone(1);
    const sending = (async () => {
      while (!isStopped()) await stream.send(data);
      stream.cancel();
    })();
    await drained(stream);
    await sending;
  },
  unread: async (client, isStopped) => {
    const stream = client.streamAudio();
    stream.configure(config);
    const data = tone(1);
    void (async () => {
      while (!isStopped()) await stream.send(data);
    })();
    while (!isStopped()) await sleep(100);
    stream.cancel();
  },
  silent: async (client, isStopped) => {
    const streams = Array.from({ length: 1000 }, () => client.streamAudio());
    const ended = Promise.all(streams.map(drained));
    while (!isStopped()) await sleep(100);
    for (const stream of streams) stream.cancel();
    await ended;
  },
  slow: async (client, isStopped) => {
    const stream = client.streamAudio();
    stream.configure(config);
    const ended = drained(stream);
    while (!isStopped()) {
      await stream.send(Buffer.alloc(1));
      await sleep(1000);
    }
    stream.cancel();
    await ended;
  },
  cancels: async (client, isStopped) => {
    while (!isStopped()) {
      for (let i = 0; i < 10; i++) {
        const stream = client.streamAudio();
        const ended = drained(stream);
        stream.configure(config);
        stream.cancel();
        void ended;
      }
      await sleep(10);
    }
  },
};

async function measure(
  server: ServerProcess,
  streams: number,
  seconds: number,
): Promise<Record<string, number>> {
  process.stderr.write('alone …\n');
  const quiet = await live(server, streams, seconds);
  const report: Record<string, number> = {
    'alone: window lag p50, ms': quantile(quiet, 0.5),
    'alone: window lag p99, ms': quantile(quiet, 0.99),
    'alone: window lag, worst, ms': quantile(quiet, 1),
  };
  for (const [name, misbehave] of Object.entries(misbehaviours)) {
    process.stderr.write(`beside ${name} …\n`);
    const bad = new TriptychClient(server.address, { ownConnections: true });
    let isStopped = false;
    const behaving = misbehave(bad, () => isStopped).catch(() => undefined);
    await sleep(500);
    const lags = await live(server, streams, seconds);
    report[`${name}: window lag p99 ÷ alone`] = quantile(lags, 0.99) / quantile(quiet, 0.99);
    report[`${name}: worst window lag ÷ worst alone`] = quantile(lags, 1) / quantile(quiet, 1);
    report[`${name}: RSS of the server, MB`] = server.rssMb();
    isStopped = true;
    await behaving;
    bad.close();
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
    await sleep((index * WINDOW_MS) / streams);
    const stream = client.streamAudio();
    stream.configure(config);
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

async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of stream);
  } catch {
    // It was cancelled, as it was meant to be.
  }
}

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else {
  const [streams, seconds] = [values.streams, values.seconds].map(Number);
  printReport(await withTinyServer((server) => measure(server, streams, seconds)), values.json ?? false);
}
