import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TriptychClient } from '@triptych/client';
import { convertCheckpoint } from '@triptych/model-families';
import { writeSyntheticCheckpoint } from '@triptych/reference';
import { memoryOfTreeMb } from './memory.js';
import { officialShapes } from './official-shapes.js';
import { ServerProcess } from './server-process.js';

const help = `Loads models of official checkpoints' shapes by Models.Load into a server that serves the demo models: how long that takes, how late
the event loop is meanwhile at most, and what the model takes in memory against the estimate of the memory budget.

  node tools/bench/dist/model-loads.js [--only MiniLM-L6] [--dtype float16] [--json]
`;

const SETTLE_MS = 3000;
const demo = (name: string) => fileURLToPath(new URL(`../../../models/demo/${name}`, import.meta.url));

/** What loading one model took. */
interface LoadReport {
  readonly model: string;
  readonly loadMs: number;
  /** The longest that the event loop stood still. */
  readonly loopDelayMaxMs: number;
  readonly estimatedMb: number;
  /** More in memory after than before, of the server and its processes. */
  readonly measuredMb: number;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    dtype: { type: 'string', default: 'float16' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else await main();

async function main(): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'triptych-model-loads-'));
  process.env['TRIPTYCH_MODEL_CONTROL'] = 'on';
  process.env['TRIPTYCH_MODEL_ROOTS'] = work;
  try {
    const reports: LoadReport[] = [];
    for (const [name, shape] of Object.entries(officialShapes)) {
      if (values.only !== undefined && values.only !== name) continue;
      const { config, files } = shape();
      const source = join(work, 'hf');
      await writeSyntheticCheckpoint(source, config, files);
      const target = join(work, 'model');
      const dtype = values.dtype as 'float16' | 'float32';
      await convertCheckpoint({ source, target, dtype, converterVersion: 'bench', compression: 'none' });
      await rm(source, { recursive: true });
      const report = await measure(name);
      await rm(target, { recursive: true });
      reports.push(report);
      if (!values.json) process.stdout.write(lineOf(report));
    }
    if (values.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  } finally {
    await rm(work, { recursive: true });
  }
}

async function measure(name: string): Promise<LoadReport> {
  // What models share is there before: decoders of images and of audio, what compares vectors.
  const server = await ServerProcess.start(demo('whisper'), demo('clip'));
  const client = new TriptychClient(server.address);
  try {
    await sleep(SETTLE_MS);
    const before = memoryOfTreeMb(server.pid);
    await server.report(true);
    const since = performance.now();
    const { memoryBytes } = await client.loadModel({ model: 'loaded', path: 'model' });
    const loadMs = performance.now() - since;
    const { loopDelayMaxMs } = await server.report();
    await sleep(SETTLE_MS);
    const measuredMb = memoryOfTreeMb(server.pid) - before;
    return { model: name, loadMs, loopDelayMaxMs, estimatedMb: Number(memoryBytes) / 2 ** 20, measuredMb };
  } finally {
    client.close();
    await server.stop();
  }
}

function lineOf({ model, loadMs, loopDelayMaxMs, estimatedMb, measuredMb }: LoadReport): string {
  const [load, delay, estimated, measured] = [loadMs, loopDelayMaxMs, estimatedMb, measuredMb].map((value) =>
    value.toFixed(0).padStart(6),
  );
  const ratio = (estimatedMb / measuredMb).toFixed(2);
  return `${model.padEnd(42)}${load} ms, event loop ${delay} ms late at most, estimate ${estimated} MiB, measured ${measured} MiB (${ratio})\n`;
}
