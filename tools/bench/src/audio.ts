import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AudioContext, TriptychClient } from '@triptych/client';
import { whisperJson, whisperSizes, writeSyntheticCheckpoint } from '@triptych/reference';
import { type BareAudio, bareAudio } from './bare-session.js';
import { LeanClient } from './lean-client.js';
import { ServerProcess } from './server-process.js';
import { convertBoth, measureLoads } from './loads.js';
import { flood, printReport } from './measuring.js';
import { median, quantile, time, timedMs } from './statistics.js';

const help = `Measures a Whisper-tiny-sized model, in one run: loading, one clip at a time, throughput through gRPC
against ONNX Runtime alone (in alternating order), event-loop delay, memory, and the cost of idling.

  node tools/bench/dist/audio.js [--rounds 5] [--json]
`;

const CLIP_SECONDS = 3;
const RATE = 16_000;
/** Clips that are under way at a time: enough for full batches while others are computed. */
const IN_FLIGHT = 16;
const CLIPS_A_ROUND = 96;
/** What the server makes of 3 s clips: see AudioEncoder. */
const BATCHES = [1, 4];

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) process.stdout.write(help);
else await main(Number(values.rounds), values.json ?? false);

async function main(rounds: number, json: boolean): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'triptych-bench-'));
  try {
    await writeSyntheticCheckpoint(join(work, 'hf'), whisperJson(whisperSizes.tiny));
    const { plain, packed } = await convertBoth(work);
    printReport(
      { ...(await measureLoads({ plain, packed }, rounds)), ...(await measure(plain, rounds)) },
      json,
    );
  } finally {
    await rm(work, { recursive: true });
  }
}

async function measure(model: string, rounds: number): Promise<Record<string, number>> {
  const server = await ServerProcess.start(model);
  await sleep(500);
  await server.report();
  await sleep(5000);
  const idle = await server.report();

  const client = new TriptychClient(server.address);
  const bare = await bareAudio(model, availableParallelism());
  const samples = Float32Array.from(
    { length: CLIP_SECONDS * RATE },
    (_, i) => 0.3 * Math.sin(i * 0.05) * Math.sin(i * 0.0007),
  );
  const data = Buffer.from(Int16Array.from(samples, (v) => v * 32767).buffer);
  const request = (context: AudioContext) => ({
    clips: [{ format: { encoding: 1 as const, sampleRateHz: RATE }, data }],
    context,
    options: { encoding: 2 as const },
  });
  const { AUDIO_CONTEXT_PADDED: padded, AUDIO_CONTEXT_TRIMMED: trimmed } = AudioContext;
  const one = (context: AudioContext) => client.encodeAudio(request(context));
  const lean = new LeanClient(server.address, request(trimmed));
  await Promise.all([one(trimmed), one(padded), bare.run(samples, 1, true)]);

  const series: Record<string, number[]> = {};
  const note = (name: string, value: number) => (series[name] ??= []).push(value);
  const noteOne = async (name: string, context: AudioContext) => {
    const started = performance.now();
    const { results } = await one(context);
    note(name, performance.now() - started);
    note(`${name} timed`, timedMs(results[0].timing));
  };
  const delays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await noteOne('padded', padded);
    note('padded bare', await time(() => bare.run(samples, 1, true)));
    for (let i = 0; i < 5; i++) {
      await noteOne('trimmed', trimmed);
      note('trimmed bare', await time(() => bare.run(samples, 1, false)));
    }
    await server.report(true);
    const served = await time(() => flood(CLIPS_A_ROUND, IN_FLIGHT, () => lean.call()));
    delays.push((await server.report()).loopDelayP99Ms);
    note('served', (1000 * CLIPS_A_ROUND) / served);
    for (const batch of BATCHES) note(`bare ${batch}`, await throughput(bare, samples, batch));
  }
  const { peakRssMb } = await server.report();
  client.close();
  lean.close();
  await server.stop();

  const of = (name: string) => median(series[name]);
  const ratios = (other: string) => series['served'].map((value, i) => value / series[other][i]);
  return {
    '3 s clip PADDED through gRPC, ms': of('padded'),
    "3 s clip PADDED, by the answer's own timing, ms": of('padded timed'),
    '3 s clip PADDED, ONNX Runtime alone, ms': of('padded bare'),
    '3 s clip TRIMMED through gRPC, ms': of('trimmed'),
    "3 s clip TRIMMED, by the answer's own timing, ms": of('trimmed timed'),
    '3 s clip TRIMMED, ONNX Runtime alone, ms': of('trimmed bare'),
    'TRIMMED 3 s clips/s through gRPC': of('served'),
    ...Object.fromEntries(
      BATCHES.map((b) => [`TRIMMED 3 s clips/s, ONNX Runtime alone, batch ${b}`, of(`bare ${b}`)]),
    ),
    ...Object.fromEntries(
      BATCHES.map((b) => [
        `gRPC ÷ ONNX Runtime alone, batch ${b}, median of ratios`,
        median(ratios(`bare ${b}`)),
      ]),
    ),
    'event-loop delay p99 while saturated, ms': quantile(delays, 0.99),
    'peak RSS of the server, MB': peakRssMb,
    'CPU of the idle server, %': (100 * idle.cpuMs) / idle.elapsedMs,
  };
}

async function throughput(bare: BareAudio, samples: Float32Array, batch: number): Promise<number> {
  const elapsed = await time(async () => {
    for (let done = 0; done < CLIPS_A_ROUND; done += batch) await bare.run(samples, batch, false);
  });
  return (1000 * CLIPS_A_ROUND) / elapsed;
}
