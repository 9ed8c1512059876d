import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEADLINE_EXCEEDED, LeanClient } from './lean-client.js';
import { flood, printReport } from './measuring.js';
import type { ServerProcess } from './server-process.js';
import { median, quantile, time } from './statistics.js';
import type { contexts } from './tiny-server.js';
import { oneClip, tone, withTinyServer } from './tiny-server.js';

const help = `Sends a server more than it can take: finds its peak, then calls at a multiple of it, open loop, each with a deadline.
Says how much of the peak is still served in time, how fast refusals come, and what it does to memory and event loop.
Clips of 3 s, --context trimmed or padded: a padded one takes the server ten times as long, and the client no longer.

  node tools/bench/dist/overload.js [--seconds 120] [--factor 3] [--deadline-ms 2000] [--context trimmed] [--json]
`;

const RESOURCE_EXHAUSTED = 8;
const IN_FLIGHT = 16;
const PEAK_MS = 10_000;
/** Timers are this coarse: several calls leave at once. */
const TICK_MS = 10;

interface Outcome {
  readonly code: number;
  readonly ms: number;
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    factor: { type: 'string', default: '3' },
    'deadline-ms': { type: 'string', default: '2000' },
    context: { type: 'string', default: 'trimmed' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else {
  const context = values.context === 'padded' ? 'padded' : 'trimmed';
  const [seconds, factor, deadlineMs] = [values.seconds, values.factor, values['deadline-ms']].map(Number);
  printReport(
    await withTinyServer((server) => measure(server, seconds, factor, deadlineMs, context)),
    values.json ?? false,
  );
}

async function measure(
  server: ServerProcess,
  seconds: number,
  factor: number,
  deadlineMs: number,
  context: keyof typeof contexts,
): Promise<Record<string, number>> {
  const client = new LeanClient(server.address, oneClip(tone(3), context));
  await flood(32, IN_FLIGHT, () => client.call());
  let calls = 0;
  const peakMs = await time(async () => {
    const until = performance.now() + PEAK_MS;
    const one = async () => {
      for (; performance.now() < until; calls++) await client.call();
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  });
  const peak = (1000 * calls) / peakMs;

  const outcomes: Outcome[] = [];
  const call = async () => {
    const started = performance.now();
    const code = await client.call(deadlineMs);
    outcomes.push({ code, ms: performance.now() - started });
  };
  await server.report(true);
  const memory: number[] = [];
  const delays: number[] = [];
  const started = performance.now();
  let sent = 0;
  let nextLook = 5000;
  for (let now = 0; now < 1000 * seconds; now = performance.now() - started) {
    for (const due = (now / 1000) * peak * factor; sent < due; sent++) void call();
    if (now >= nextLook) {
      nextLook += 5000;
      delays.push((await server.report(true)).loopDelayP99Ms);
      memory.push(server.rssMb());
    }
    await sleep(TICK_MS);
  }
  while (outcomes.length < sent) await sleep(50);
  client.close();

  const of = (code: number) => outcomes.filter((outcome) => outcome.code === code).map(({ ms }) => ms);
  const [good, refused, late] = [of(0), of(RESOURCE_EXHAUSTED), of(DEADLINE_EXCEEDED)];
  const half = memory.length >> 1;
  return {
    'peak, clips/s': peak,
    'offered, clips/s': sent / seconds,
    'served in time, clips/s': good.length / seconds,
    'goodput ÷ peak': good.length / seconds / peak,
    'served: latency p50, ms': quantile(good, 0.5),
    'served: latency p99, ms': quantile(good, 0.99),
    'refused, clips/s': refused.length / seconds,
    'refused: latency p99, ms': refused.length > 0 ? quantile(refused, 0.99) : 0,
    'deadline passed, clips/s': late.length / seconds,
    'deadline passed: how late its status comes, p99, ms':
      late.length > 0 ? quantile(late, 0.99) - deadlineMs : 0,
    'any other outcome, clips': outcomes.length - good.length - refused.length - late.length,
    'event-loop delay p99, worst 5 s, ms': Math.max(...delays),
    'RSS in the first half, median, MB': median(memory.slice(0, half)),
    'RSS in the second half, median, MB': median(memory.slice(half)),
  };
}
