import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { fileWithin, TriptychError } from '@triptych/core';
import { families, finderOf } from '@triptych/model-families';
import { openCheckpoint } from '@triptych/weight-loader';
import { convertModel } from '../commands/convert.js';
import { complain } from '../output/complain.js';
import { version } from '../version.js';
import { cachedModels } from './cache.js';
import { convertOnce } from './convert-once.js';
import { isInUse, markInUse, marksOf } from './in-use.js';

/** How conversions for serving are stored: quickest to load. */
export const SERVED = { dtype: 'float16', compression: 'none' } as const;
/** Conversions of one checkpoint that are kept, beside those that a process may load again. */
const KEPT = 2;
/** Of a weights file so much is read from each end to tell whether it is the same. */
const SAMPLE_BYTES = 64 * 1024;
/** Longer texts are treated as weights are. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024;
/** Of every checkpoint. */
const DESCRIPTION = ['config.json', 'preprocessor_config.json'];
const WEIGHTS = /\.safetensors(\.index\.json)?$/;

/**
 * The model directory of a HuggingFace checkpoint directory: converted into the cache the first time, and again once the
 * checkpoint has changed. Throws as `convert` does.
 */
export async function provideCheckpoint(directory: string): Promise<string> {
  const source = await realpath(directory);
  const state = await stateOf(source);
  const name = checkpointName(source);
  const folder = cachedModels('local', `${basename(name).replace(/[^\w.-]/g, '_')}-${hash(source)}`);
  const target = join(folder, `${state}-${SERVED.dtype}`);
  await markInUse(target);
  await convertOnce(target, async () => {
    complain(`converting ${directory} once; the result is kept in ${target}`);
    await convertModel(source, target, { ...SERVED, name });
    if ((await stateOf(source)) === state) return removeOld(folder);
    await rm(target, { recursive: true });
    throw new TriptychError('WEIGHTS_CORRUPT', `${directory} changed while it was converted; start again`);
  });
  return target;
}

/** What a checkpoint is served as: the name of its folder, or in a hub's cache the model's there. */
export function checkpointName(directory: string): string {
  const [folder = '', snapshots, model] = resolve(directory).split(sep).reverse();
  const [, owner, name] = /^models--(.+?)--(.+)$/.exec(model ?? '') ?? [];
  return snapshots === 'snapshots' && name !== undefined ? `${owner}/${name}` : folder;
}

/**
 * A digest of what a checkpoint is now: texts by their contents, weights by size, time of change and their ends, for reading
 * gigabytes would take as long as converting them.
 */
async function stateOf(directory: string): Promise<string> {
  const digest = createHash('sha256').update(version);
  const { files, decoder, moreWeights } = await openCheckpoint(directory, finderOf(families));
  const texts = new Set([...DESCRIPTION, ...Object.keys({ ...files, ...decoder?.files })]);
  const weights = (await readdir(directory)).filter((file) => WEIGHTS.test(file));
  const all = new Set([...texts, ...weights, ...moreWeights.map(({ path }) => path)]);
  for (const file of [...all].filter((name) => existsSync(join(directory, name))).sort()) {
    const path = await fileWithin(directory, file);
    const { size, mtimeNs } = await stat(path, { bigint: true });
    digest.update(`${file}\0${size}\0`);
    if (texts.has(file) && size <= MOST_TEXT_BYTES) digest.update(await readFile(path));
    else {
      digest.update(`${mtimeNs}\0`);
      for (const sample of await endsOf(path, Number(size))) digest.update(sample);
    }
  }
  return digest.digest('hex').slice(0, 16);
}

async function endsOf(path: string, size: number): Promise<Uint8Array[]> {
  const file = await open(path);
  try {
    const starts = [0, Math.max(0, size - SAMPLE_BYTES)];
    return await Promise.all(
      starts.map(async (position) => {
        const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(SAMPLE_BYTES), position });
        return buffer.subarray(0, bytesRead);
      }),
    );
  } finally {
    await file.close();
  }
}

/** Leaves the newest conversions of a checkpoint, and those that are in use. */
async function removeOld(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{16}-\w+$/.test(name));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, mtimeMs: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = dated.sort((a, b) => b.mtimeMs - a.mtimeMs).slice(KEPT);
  for (const path of old.map(({ name }) => join(folder, name))) {
    if (await isInUse(path)) continue;
    for (const one of [path, ...(await marksOf(path))]) await rm(one, { recursive: true, force: true });
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
