import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TriptychClient } from '@triptych/client';
import { convertCheckpoint } from '@triptych/model-families';
import { quantizeModel } from '@triptych/quantizer';
import { readRecordings } from '@triptych/reference';
import { printReport } from './measuring.js';
import { ServerProcess } from './server-process.js';
import { median, time } from './statistics.js';
import { writeEndlessWhisper } from './transcription/endless-whisper.js';
import { TorchSide } from './transcription/torch-side.js';

const help = `Measures transcription with a Whisper of tiny's shape (synthetic weights, which never end what they write), in one run and in
alternating order: 30 s of audio through gRPC, with --python beside transformers on torch with two threads, and live streams, one and
ten of the same, as fast as they are taken.

  node tools/bench/dist/transcription.js [--python PATH] [--rounds 5] [--tokens 100] [--json]

  --python   an interpreter that has torch and transformers
  --tokens   of each window: some 100 are said in 30 s
`;

const RATE = 16_000;
const SECONDS = 30;
const CHUNK_BYTES = 2 * RATE;
const STREAMS = 10;
/** Between two guesses at what is said. */
const GUESS_MS = 3000;
const format = { encoding: 1 as const, sampleRateHz: RATE };

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    tokens: { type: 'string', default: '100' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else await main(values.python, Number(values.rounds), Number(values.tokens));

async function main(python: string | undefined, rounds: number, tokens: number): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'triptych-transcription-'));
  try {
    const source = join(work, 'hf');
    const float32 = join(work, 'float32');
    await writeEndlessWhisper(source);
    await convertCheckpoint({ source, target: float32, dtype: 'float32', converterVersion: 'bench' });
    const int8 = join(work, 'int8');
    const audio = [fileURLToPath(new URL('../../reference/recordings/speech-b.wav', import.meta.url))];
    const inputs = { audio, images: [], texts: [] };
    // Weights that mean nothing are not held to a bound.
    const request = { source: float32, target: int8, inputs, minCosine: -1, converterVersion: 'bench' };
    await quantizeModel(request);
    const data = speech();
    const pcm = join(work, 'speech.pcm');
    await writeFile(pcm, data);
    const torch = python === undefined ? undefined : TorchSide.start(python, source, pcm, tokens);
    printReport(await measure({ float32, int8 }, torch, data, rounds, tokens), values.json ?? false);
    torch?.stop();
  } finally {
    await rm(work, { recursive: true });
  }
}

/** 30 s of 16-bit samples. */
function speech(): Buffer {
  const clips = readRecordings(SECONDS * RATE);
  const samples = ['speech-b', 'mixture'].flatMap((name) => [...(clips.get(name) ?? [])]);
  const tiled = Int16Array.from({ length: SECONDS * RATE }, (_, i) => 32767 * samples[i % samples.length]);
  return Buffer.from(tiled.buffer);
}

async function measure(
  models: Readonly<Record<string, string>>,
  torch: TorchSide | undefined,
  data: Buffer,
  rounds: number,
  tokens: number,
): Promise<Record<string, number>> {
  const series: Record<string, number[]> = {};
  const note = (name: string, value: number) => (series[name] ??= []).push(value);
  const report: Record<string, number> = {};
  const servers: Record<string, ServerProcess> = {};
  const clients: Record<string, TriptychClient> = {};
  for (const [name, model] of Object.entries(models)) {
    servers[name] = await ServerProcess.start(model);
    clients[name] = new TriptychClient(servers[name].address);
  }
  const said: Record<string, string> = {};
  const options = { language: 'en', withoutTimestamps: true, withoutFallback: true, maxTokens: tokens };
  const sides: Record<string, () => Promise<number>> = {};
  for (const [name, client] of Object.entries(clients))
    sides[name] = () =>
      time(async () => {
        const { segments } = await client.transcribe({ format, data, options });
        said[name] = segments.flatMap(({ tokens }) => tokens).join();
      });
  if (torch)
    sides['torch'] = async () => {
      const { ms, tokens } = await torch.transcribe();
      said['torch'] = tokens.join();
      return ms;
    };
  for (const run of Object.values(sides)) await run();
  for (let round = 0; round < rounds; round++) {
    const order = Object.keys(sides);
    if (round % 2 === 1) order.reverse();
    for (const name of order) note(name, await sides[name]());
  }
  for (const name of Object.keys(sides)) report[`30 s, ${name}, ms`] = median(series[name]);
  for (const name of torch ? Object.keys(models) : []) {
    const ratios = series['torch'].map((ms, i) => ms / series[name][i]);
    report[`torch ÷ ${name}, median of ratios`] = median(ratios);
    const expected = said['torch'].split(',');
    const same = said[name].split(',').filter((token, i) => token === expected[i]);
    report[`${name}: tokens that are those of torch, of ${tokens}`] = same.length;
  }
  torch?.stop();

  for (const [name, client] of Object.entries(clients)) {
    for (const [guessMs, what] of [
      [0, 'by windows'],
      [GUESS_MS, `guesses every ${GUESS_MS / 1000} s`],
    ] as const) {
      // A window is guessed at while it grows: half as much is said on average.
      const maxTokens = guessMs > 0 ? tokens / 2 : tokens;
      const stream = () => live(client, data, { ...options, maxTokens }, guessMs);
      const ratios: number[] = [];
      const cpu: number[] = [];
      const ones: number[] = [];
      for (let round = 0; round < Math.ceil(rounds / 2); round++) {
        await servers[name].report();
        const one = await time(stream);
        const oneCpu = (await servers[name].report()).cpuMs;
        const ten = await time(() => Promise.all(Array.from({ length: STREAMS }, stream)));
        const tenCpu = (await servers[name].report()).cpuMs;
        ones.push(one);
        ratios.push(ten / one);
        cpu.push(tenCpu / oneCpu);
      }
      report[`live, ${name}, ${what}: time ÷ audio`] = median(ones) / 1000 / SECONDS;
      report[`live, ${name}, ${what}: time of ten ÷ of one`] = median(ratios);
      report[`live, ${name}, ${what}: CPU of ten ÷ of one`] = median(cpu);
    }
    client.close();
    await servers[name].stop();
  }
  return report;
}

/** Sends audio as fast as it is taken, and reads what is written to the end. */
async function live(
  client: TriptychClient,
  data: Buffer,
  options: object,
  partialIntervalMs: number,
): Promise<void> {
  const stream = client.streamTranscript();
  stream.configure({ format, options, partialIntervalMs });
  const send = async () => {
    for (let at = 0; at < data.length; at += CHUNK_BYTES)
      await stream.send(data.subarray(at, at + CHUNK_BYTES));
    stream.finish();
  };
  const read = async () => {
    for await (const update of stream) void update;
  };
  await Promise.all([send(), read()]);
}
