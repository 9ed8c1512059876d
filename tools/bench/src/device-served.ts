import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@triptych/core';
import { deviceName, type Placement } from '@triptych/inference-core';
import { convertCheckpoint } from '@triptych/model-families';
import { writeSyntheticCheckpoint } from '@triptych/reference';
import sharp from 'sharp';
import { ITEMS, type LoadTask } from './device-load.js';
import type { ServedModel } from './device-models.js';
import { ServerProcess } from './server-process.js';

/** Model directories by the configuration that they were made of. */
const made = new Map<JsonObject, Promise<string>>();

/** Items a second of a server on a device, and that as a share of the bare session's best. */
export async function measureServed(
  model: ServedModel,
  placement: Placement,
  bare: number,
): Promise<Record<string, number>> {
  const directory = made.get(model.config) ?? makeModel(model);
  made.set(model.config, directory);
  Object.assign(process.env, {
    TRIPTYCH_DEVICE: deviceName(placement.device),
    TRIPTYCH_PRECISION: placement.device.kind === 'cpu' ? 'float32' : placement.kernels.precision,
    TRIPTYCH_QUEUE_ITEMS: '4096',
    TRIPTYCH_QUEUE_ALL_ITEMS: '16384',
    TRIPTYCH_QUEUE_BYTES: String(2 ** 31),
  });
  const server = await ServerProcess.start(await directory);
  const jpeg = await photo();
  const rates: Record<string, number> = {};
  for (const one of model.asks) {
    await server.report(true);
    const rate = await flooded({ address: server.address, kind: one, jpeg, calls: 0, inFlight: 8 }, bare);
    const { loopDelayP99Ms, cpuMs, elapsedMs } = await server.report();
    rates[`${one}/s over gRPC`] = rate;
    rates[`${one}: share of the bare session`] = rate / bare;
    rates[`${one}: event loop p99, ms`] = loopDelayP99Ms;
    rates[`${one}: cores`] = cpuMs / elapsedMs;
  }
  await server.stop();
  return rates;
}

async function makeModel({ config, hasTokenizer }: ServedModel): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'triptych-devices-'));
  const tokenizer = fileURLToPath(new URL('../../../models/demo/clip/tokenizer.json', import.meta.url));
  const files: Record<string, string> = hasTokenizer
    ? { 'tokenizer.json': await readFile(tokenizer, 'utf8') }
    : {};
  await writeSyntheticCheckpoint(join(work, 'hf'), config, files);
  const target = join(work, 'model');
  await convertCheckpoint({
    source: join(work, 'hf'),
    target,
    dtype: 'float16',
    compression: 'none',
    converterVersion: 'bench',
  });
  return target;
}

/** Several processes call at once: one would be the measure of itself. About five seconds' worth, by the bare session's rate. */
async function flooded(task: LoadTask, bare: number): Promise<number> {
  const processes = Math.max(1, Math.min(4, availableParallelism() >> 1));
  // A wire carries some thousand images a second at most, whatever the device computes.
  const items = 5 * Math.min(bare, 4000);
  const calls = Math.max(12, Math.ceil(items / ITEMS[task.kind] / processes));
  const entry = fileURLToPath(new URL('./device-load.js', import.meta.url));
  const clients = Array.from({ length: processes }, () => fork(entry, { serialization: 'advanced' }));
  const times = await Promise.all(clients.map((client) => timeOf(client, { ...task, calls })));
  return (1000 * processes * calls * ITEMS[task.kind]) / Math.max(...times);
}

function timeOf(client: ChildProcess, task: LoadTask): Promise<number> {
  client.send(task);
  return new Promise((resolve, reject) => {
    client.once('message', (milliseconds) => resolve(milliseconds as number));
    client.once('exit', (code) => reject(new Error(`a client ended with code ${code}`)));
  });
}

/** A JPEG of the model's own size with the detail of a photograph. */
function photo(): Promise<Buffer> {
  const source = fileURLToPath(new URL('../../reference/images/photo-420.jpg', import.meta.url));
  return sharp(source).resize(224, 224, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer();
}
