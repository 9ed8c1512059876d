import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TriptychError } from '@triptych/core';
import {
  choosePlacement,
  environmentOn,
  onCpu,
  type Placement,
  type Precision,
} from '@triptych/inference-core';
import { type DeviceResult, type DeviceTask } from './device-child.js';
import { deviceModels } from './device-models.js';
import { measureServed } from './device-served.js';

const help = `Compares this machine's devices in one run, on towers of official sizes with synthetic weights of a trained model's
statistics: how far vectors are from those of the CPU in float32, items a second by batch, and time of one item.

  node tools/bench/dist/devices.js [--devices cuda,webgpu] [--precisions float32,float16] [--models NAME,...]
      [--batches 1,16,64,256] [--seconds 2] [--items 8] [--served] [--check] [--json]

--check ends with 1 where a vector is farther from the CPU's than it may be: a cosine of 0.999999 and 1e-4 in float32, of 0.9995 in
float16; or where a device cannot be had.
--served also starts a server with each model on each device, and floods it over gRPC.
Models: ${Object.keys(deviceModels).join(', ')}
`;

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: 'cuda,webgpu' },
    precisions: { type: 'string', default: 'float32,float16' },
    models: { type: 'string', default: Object.keys(deviceModels).join(',') },
    batches: { type: 'string', default: '1,16,64,256' },
    seconds: { type: 'string', default: '2' },
    items: { type: 'string', default: '8' },
    served: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else await main();

async function main(): Promise<void> {
  const batches = values.batches.split(',').map(Number);
  const seconds = Number(values.seconds);
  const places = await placements();
  for (const model of values.models.split(',')) {
    if (!(model in deviceModels))
      throw new TriptychError(
        'CONFIG_INVALID',
        `no model ${model}; expected ${Object.keys(deviceModels).join(', ')}`,
      );
    const { most, served } = deviceModels[model];
    const task = { model, seconds, items: Number(values.items), threads: 0 };
    const reference = await measured({
      ...task,
      placement: onCpu,
      batches: batches.filter((n) => n <= most.cpu),
    });
    report(model, 'cpu float32', reference, reference);
    for (const [name, placement] of places) {
      const result = await measured({
        ...task,
        placement,
        batches: batches.filter((n) => n <= most.device),
      });
      report(model, name, result, reference);
      if (values.served && served)
        print({ model, place: name, ...(await measureServed(served, placement, bestRate(result))) });
    }
  }
}

/** Each device in each precision, as far as they can be had. */
async function placements(): Promise<[string, Placement][]> {
  const found: [string, Placement][] = [];
  for (const device of values.devices.split(',').filter(Boolean))
    for (const precision of values.precisions.split(',') as Precision[])
      try {
        const { placement, why } = await choosePlacement({ device, precision, batchTokens: 0 });
        found.push([`${device} ${precision}`, placement]);
        print({
          place: `${device} ${precision}`,
          why,
          fused: placement.kernels.fusedAttention.join(' ') || 'none',
        });
      } catch (thrown) {
        if (values.check) process.exitCode = 1;
        print({
          place: `${device} ${precision}`,
          why: thrown instanceof Error ? thrown.message : String(thrown),
        });
      }
  return found;
}

/** In a process of its own: two sessions of WebGPU in one end it, and cuBLAS reads its variables once. */
function measured(task: DeviceTask): Promise<DeviceResult> {
  const entry = fileURLToPath(new URL('./device-child.js', import.meta.url));
  const env = { ...process.env, ...environmentOn(task.placement.device) };
  const child = fork(entry, { serialization: 'advanced', env });
  child.send(task);
  return new Promise((resolve, reject) => {
    child.once('message', (result) => resolve(result as DeviceResult));
    child.once('exit', (code, signal) =>
      reject(new Error(`${task.model}: measuring ended with ${signal ?? code}`)),
    );
  });
}

function bestRate({ runMs }: DeviceResult): number {
  return Math.max(...Object.entries(runMs).map(([items, ms]) => (1000 * Number(items)) / ms));
}

function report(model: string, place: string, result: DeviceResult, reference: DeviceResult): void {
  const { unit, vectors, loadMs, firstMs, runMs, rssMb } = result;
  const rates = Object.entries(runMs).map(
    ([items, ms]) => [`${unit}/s, ${items} a run`, (1000 * Number(items)) / ms] as const,
  );
  const far = distance(vectors, reference.vectors);
  const [cosine, relative] = place.endsWith('float16') ? [0.9995, Infinity] : [0.999999, 1e-4];
  if (values.check && !(far['lowest cosine'] >= cosine && far['largest relative error'] <= relative)) {
    process.stderr.write(`NOT SO: ${model} on ${place} is farther from the CPU than it may be\n`);
    process.exitCode = 1;
  }
  print({
    model,
    place,
    ...far,
    'ms of one': runMs[1],
    ...Object.fromEntries(rates),
    'best ÷ best of the CPU': bestRate(result) / bestRate(reference),
    'load, ms': loadMs,
    'first run, ms': firstMs,
    'RSS, MB': rssMb,
    cores: availableParallelism(),
  });
}

/** The worst of the trial items' vectors. */
function distance(found: Float32Array, expected: Float32Array) {
  const width = found.length / Number(values.items);
  let [cosine, relative] = [1, 0];
  for (let at = 0; at < found.length; at += width) {
    let [off, ours, theirs, dot] = [0, 0, 0, 0];
    for (let i = at; i < at + width; i++) {
      off += (found[i] - expected[i]) ** 2;
      ours += found[i] ** 2;
      theirs += expected[i] ** 2;
      dot += found[i] * expected[i];
    }
    // NaN is neither larger nor smaller.
    cosine = Math.min(cosine, dot / Math.sqrt(ours * theirs) || 0);
    relative = Math.max(relative, Number.isNaN(off) ? Infinity : Math.sqrt(off / theirs));
  }
  return { 'lowest cosine': cosine, 'largest relative error': relative };
}

function print(line: Record<string, unknown>): void {
  if (values.json) process.stdout.write(`${JSON.stringify(line)}\n`);
  else {
    const text = (value: unknown) =>
      typeof value === 'number' ? value.toPrecision(value > 0.9999 && value < 1 ? 7 : 4) : String(value);
    process.stdout.write(
      `${Object.entries(line)
        .map(([name, value]) => `${name}: ${text(value)}`)
        .join('  ')}\n`,
    );
  }
}
