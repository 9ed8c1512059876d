import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Image, TriptychClient } from '@triptych/client';
import { clipJson, clipSizes, writeSyntheticCheckpoint } from '@triptych/reference';
import { bareImage } from './bare-session.js';
import { convertBoth, measureLoads } from './loads.js';
import { flood, printReport } from './measuring.js';
import { noise, photo } from './pictures.js';
import { ServerProcess } from './server-process.js';
import { median, quantile, time, timedMs } from './statistics.js';

const help = `Measures a CLIP ViT-B/32-sized model, in one run: loading both towers, one image at a time, throughput of raw
pixels and of JPEGs through gRPC against ONNX Runtime alone (in alternating order), event-loop delay and memory.

  node tools/bench/dist/images.js [--rounds 5] [--json]
`;

const SIZE = 224;
const BATCHES = [1, 4, 8, 16, 32];
/** Images of one call, and calls under way at a time. */
const CALL = 32;
const IN_FLIGHT = 3;
const CALLS_A_ROUND = 8;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) process.stdout.write(help);
else await main(Number(values.rounds), values.json ?? false);

async function main(rounds: number, json: boolean): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'triptych-bench-'));
  try {
    // Any tokenizer does whose ids the vocabulary has: no text is measured.
    const demo = fileURLToPath(new URL('../../../models/demo/clip/', import.meta.url));
    const tokenizer = { 'tokenizer.json': await readFile(`${demo}tokenizer.json`, 'utf8') };
    await writeSyntheticCheckpoint(join(work, 'hf'), clipJson(clipSizes.b32), tokenizer);
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
  const client = new TriptychClient(server.address);
  const bare = await bareImage(model, availableParallelism());
  const pixels = noise(SIZE, SIZE);
  const raw: Image = { raw: { format: 1, width: SIZE, height: SIZE, data: pixels } };
  const jpeg: Image = { encoded: await photo(640, 480) };
  const encode = (image: Image, count: number) =>
    client.encodeImages({ images: Array<Image>(count).fill(image), options: { encoding: 2 } });

  await Promise.all([encode(raw, 1), encode(jpeg, 2), bare.run(pixels, 1)]);
  const series: Record<string, number[]> = {};
  const note = (name: string, value: number) => (series[name] ??= []).push(value);
  const delays: number[] = [];
  const throughput = async (name: string, image: Image) => {
    await server.report(true);
    const elapsed = await time(() => flood(CALLS_A_ROUND, IN_FLIGHT, () => encode(image, CALL)));
    delays.push((await server.report()).loopDelayP99Ms);
    note(name, (1000 * CALLS_A_ROUND * CALL) / elapsed);
  };
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < 5; i++) {
      const started = performance.now();
      const { results } = await encode(raw, 1);
      note('one', performance.now() - started);
      note('one timed', timedMs(results[0].timing));
      note('one bare', await time(() => bare.run(pixels, 1)));
      note('one jpeg', await time(() => encode(jpeg, 1)));
    }
    await throughput('raw', raw);
    for (const batch of BATCHES) {
      const elapsed = await time(async () => {
        for (let done = 0; done < 96; done += batch) await bare.run(pixels, batch);
      });
      note(`bare ${batch}`, 96_000 / elapsed);
    }
    await throughput('jpeg', jpeg);
  }
  const { peakRssMb } = await server.report();
  client.close();
  await server.stop();

  const of = (name: string) => median(series[name]);
  const best = BATCHES.reduce((a, b) => (of(`bare ${b}`) > of(`bare ${a}`) ? b : a));
  const ratio = (name: string) => median(series[name].map((value, i) => value / series[`bare ${best}`][i]));
  return {
    'one 224 × 224 image through gRPC, ms': of('one'),
    "the same, by the answer's own timing, ms": of('one timed'),
    'the same, ONNX Runtime alone, ms': of('one bare'),
    'one 640 × 480 JPEG through gRPC, ms': of('one jpeg'),
    ...Object.fromEntries(BATCHES.map((b) => [`images/s, ONNX Runtime alone, ${b} a run`, of(`bare ${b}`)])),
    'raw 224 × 224 images/s through gRPC': of('raw'),
    '640 × 480 JPEGs/s through gRPC': of('jpeg'),
    [`raw ÷ ONNX Runtime alone, ${best} a run, median of ratios`]: ratio('raw'),
    [`JPEGs ÷ ONNX Runtime alone, ${best} a run, median of ratios`]: ratio('jpeg'),
    'event-loop delay p99 while saturated, ms': quantile(delays, 0.99),
    'peak RSS of the server, MB': peakRssMb,
  };
}
