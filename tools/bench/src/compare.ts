import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  clipJson,
  clipSizes,
  whisperJson,
  whisperSizes,
  writeSyntheticCheckpoint,
} from '@triptych/reference';
import { audioMeasures } from './compare/audio-measures.js';
import { imageMeasures } from './compare/image-measures.js';
import type { Measures } from './compare/measure.js';
import type * as loadsModule from './loads.js';
import type { Converted } from './loads.js';
import { printReport } from './measuring.js';
import { ServerProcess } from './server-process.js';
import { median } from './statistics.js';

const help = `Compares this clone with another, both built, in one run: the two take turns at every measurement, in alternating order, and
each number is the median of this ÷ other of a round. Times above 1 are slower here, rates above 1 faster.

  node tools/bench/dist/compare.js OTHER [--only loads,audio,images] [--rounds 9] [--json]

  OTHER   the other clone's directory, in which \`npm run build\` has run
`;

const parts = ['loads', 'audio', 'images'] as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: parts.join(',') },
    rounds: { type: 'string', default: '9' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const here = fileURLToPath(new URL('../../../', import.meta.url));
const sides = ['this', 'other'] as const;
type Side = (typeof sides)[number];
const IDLE_MS = 10_000;
const ROUNDS_A_START = 3;

const unknown = values.only.split(',').filter((part) => !(parts as readonly string[]).includes(part));
if (values.help) process.stdout.write(help);
else if (positionals.length !== 1 || unknown.length > 0) {
  process.stderr.write(
    `expected the directory of another clone and --only of ${parts.join(', ')}: see --help\n`,
  );
  process.exitCode = 2;
} else {
  await main({ this: here, other: resolve(positionals[0]) }, values.only.split(','), Number(values.rounds));
}

async function main(clones: Record<Side, string>, only: string[], rounds: number): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'triptych-compare-'));
  try {
    const whisper = await convertedBy(clones, join(work, 'whisper'), whisperJson(whisperSizes.tiny));
    const clip = await convertedBy(clones, join(work, 'clip'), clipJson(clipSizes.b32));
    const report: Record<string, number> = {};
    if (only.includes('loads'))
      for (const [name, models] of Object.entries({ whisper, clip }))
        Object.assign(report, await loads(name, clones, models, rounds));
    const served = { audio: [whisper, audioMeasures], images: [clip, imageMeasures] } as const;
    for (const [kind, [models, measures]] of Object.entries(served)) {
      if (!only.includes(kind)) continue;
      for (const [what, value] of Object.entries(await serving(clones, models, measures, rounds)))
        report[`${kind}, ${what}`] = value;
    }
    printReport(report, values.json ?? false);
  } finally {
    await rm(work, { recursive: true });
  }
}

/** A checkpoint with random weights, converted by each clone for itself. */
async function convertedBy(
  clones: Record<Side, string>,
  work: string,
  config: Parameters<typeof writeSyntheticCheckpoint>[1],
): Promise<Record<Side, Converted>> {
  const tokenizer = await readFile(join(here, 'models/demo/clip/tokenizer.json'), 'utf8');
  const converted = {} as Record<Side, Converted>;
  for (const side of sides) {
    const folder = join(work, side);
    await writeSyntheticCheckpoint(join(folder, 'hf'), config, { 'tokenizer.json': tokenizer });
    const { convertBoth } = (await import(moduleOf(clones[side], 'loads'))) as typeof loadsModule;
    converted[side] = await convertBoth(folder);
  }
  return converted;
}

function moduleOf(clone: string, name: string): string {
  return pathToFileURL(join(clone, 'tools/bench/dist', `${name}.js`)).href;
}

function start(clone: string, model: string): Promise<ServerProcess> {
  return ServerProcess.startOf(join(clone, 'tools/bench/dist/serve-measured.js'), [model]);
}

/** This side first in every other round. */
function order(round: number): readonly Side[] {
  return round % 2 === 0 ? sides : [...sides].reverse();
}

async function loads(
  name: string,
  clones: Record<Side, string>,
  models: Record<Side, Converted>,
  rounds: number,
): Promise<Record<string, number>> {
  const taken: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const file of ['plain', 'packed'] as const) {
      const ms = {} as Record<Side, number>;
      for (const side of order(round)) {
        const server = await start(clones[side], models[side][file]);
        ms[side] = (await server.report()).loadMs;
        await server.stop();
      }
      (taken[`${name}, ${file} Parquet → ready, time`] ??= []).push(ms.this / ms.other);
    }
  }
  return Object.fromEntries(Object.entries(taken).map(([what, ratios]) => [what, median(ratios)]));
}

/**
 * What both servers take for the same, the one idle while the other is measured. They are started anew again and again: how a process
 * lies in memory and on cores makes some percent that last as long as it does.
 */
async function serving(
  clones: Record<Side, string>,
  models: Record<Side, Converted>,
  measures: (address: string) => Promise<Measures>,
  rounds: number,
): Promise<Record<string, number>> {
  const found: Record<string, number[]> = {};
  const note = (name: string, value: number) => (found[name] ??= []).push(value);
  for (let first = 0; first < rounds; first += ROUNDS_A_START) {
    const servers = {} as Record<Side, ServerProcess>;
    for (const side of order(first)) servers[side] = await start(clones[side], models[side].plain);
    const measured = {} as Record<Side, Measures>;
    for (const side of sides) measured[side] = await measures(servers[side].address);
    for (let round = first; round < Math.min(rounds, first + ROUNDS_A_START); round++) {
      for (const [i, { name }] of measured.this.all.entries()) {
        const values = {} as Record<Side, number>;
        for (const side of order(round + i)) values[side] = await measured[side].all[i].run();
        note(name, values.this / values.other);
      }
    }
    for (const side of sides) await servers[side].report();
    await sleep(IDLE_MS);
    for (const side of sides) {
      const { cpuMs, elapsedMs, peakRssMb } = await servers[side].report();
      note(`${side}: CPU of the idle server, %`, (100 * cpuMs) / elapsedMs);
      note(`${side}: memory when idle, MB`, servers[side].rssMb());
      note(`${side}: memory at most, MB`, peakRssMb);
      measured[side].close();
      await servers[side].stop();
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, median(all)]));
}
