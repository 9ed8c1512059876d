import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, parseJson, TriptychError } from '@triptych/core';
import { download, type HubFile } from './download.js';
import { Hub, SHARD } from './hub-api.js';
import { HubCache } from './hub-cache.js';
import type { HubModel, HubSettings } from './hub-settings.js';
import { CONFIG, fetchTexts, type FindWanted, moreWeights, wantedBy } from './wanted-files.js';
import { isPlainName } from './plain-path.js';

/** How far a pull is. */
export interface PullProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface PulledCheckpoint {
  /** Snapshot in the cache: a HuggingFace checkpoint directory. */
  readonly directory: string;
  readonly commit: string;
}

const INDEX = 'model.safetensors.index.json';
const WEIGHTS = 'model.safetensors';
/** What a model may have whatever it is. */
const PREPROCESSOR = 'preprocessor_config.json';
const COMMON = [CONFIG, PREPROCESSOR, WEIGHTS, INDEX];

/**
 * Brings a checkpoint into the cache, only the files that serving needs; what is there already is not asked for again. Its
 * config.json comes first, by which `findWanted` says what else. Throws HUB_* errors, and as `findWanted` does.
 */
export async function pullCheckpoint(
  model: HubModel,
  settings: HubSettings,
  findWanted: FindWanted,
  onProgress: (progress: PullProgress) => void = () => undefined,
): Promise<PulledCheckpoint> {
  const cache = new HubCache(settings.cache, model);
  if (settings.offline) return pulledBefore(model, cache, findWanted);
  const hub = new Hub(model, settings);
  const commit = await hub.commit();
  const directory = cache.snapshot(commit);
  const notThere: string[] = [];
  const find = async (paths: readonly string[]) => {
    const files = await hub.files(commit, [...paths]);
    notThere.push(...paths.filter((path) => !files.some((file) => file.path === path)));
    return files;
  };
  const common = await find(COMMON);
  const [config, weights, index] = [CONFIG, WEIGHTS, INDEX].map((name) =>
    common.find(({ path }) => path === name),
  );
  if (!config)
    throw new TriptychError(
      'HUB_NOT_FOUND',
      `${model.name} holds no config.json: it is no checkpoint of transformers`,
    );
  if (!weights && !index)
    throw new TriptychError(
      'HUB_NOT_FOUND',
      `${model.name} has neither ${WEIGHTS} nor ${INDEX}; only safetensors are read`,
    );
  let [doneBytes, totalBytes] = [0, 0];
  const fetchAll = async (files: readonly HubFile[]) => {
    totalBytes += files.reduce((sum, { size }) => sum + size, 0);
    for (const file of files) {
      const onBytes = (bytes: number) => onProgress({ doneBytes: (doneBytes += bytes), totalBytes });
      if (await cache.isChecked(file)) onBytes(file.size);
      else {
        const open = (start: number) => hub.open(commit, file, start);
        await download(file, cache.blob(file.hash), { open, onBytes });
        await cache.markChecked(file);
      }
      await cache.link(commit, file.path, file.hash);
    }
  };
  await fetchAll(common.filter((file) => file !== weights && file !== index));
  const wanted = await wantedBy(directory, findWanted);
  const texts = await fetchTexts(directory, wanted, async (paths) => fetchAll(await find(paths)));
  const names = moreWeights(wanted, texts);
  if (!weights) {
    await fetchAll(index ? [index] : []);
    names.push(...(await shardsOf(join(directory, INDEX))));
  }
  const others = await hub.files(commit, names);
  const absent = names.filter((name) => !others.some(({ path }) => path === name));
  if (absent.length > 0)
    throw new TriptychError('HUB_NOT_FOUND', `${model.name} has no ${absent.join(', ')}`);
  await fetchAll([...(weights ? [weights] : []), ...others]);
  // Not before: a pull that fails leaves nothing of its own.
  for (const path of notThere) await cache.markAbsent(commit, path);
  await cache.setCommit(commit);
  return { directory, commit };
}

/**
 * What was pulled whole. A file that is not in a cache which other tools filled may be one that they did not ask for, and without
 * its modules.json a sentence encoder is another: unless it is known not to exist, it is missing. Throws HUB_OFFLINE.
 */
async function pulledBefore(
  { name, revision }: HubModel,
  cache: HubCache,
  findWanted: FindWanted,
): Promise<PulledCheckpoint> {
  const commit = await cache.commit();
  const directory = cache.snapshot(commit ?? '');
  const has = (file: string) => existsSync(join(directory, file));
  const missing: string[] = [];
  if (commit !== undefined && has(CONFIG)) {
    const asked = [PREPROCESSOR];
    const wanted = await wantedBy(directory, findWanted);
    const note = (paths: readonly string[]) => Promise.resolve(void asked.push(...paths));
    const texts = await fetchTexts(directory, wanted, note).catch(() => undefined);
    const weights = has(INDEX) && !has(WEIGHTS) ? await shardsOf(join(directory, INDEX)) : [WEIGHTS];
    missing.push(...asked.filter((file) => !cache.knows(commit, file)));
    missing.push(...[...weights, ...(texts ? moreWeights(wanted, texts) : [])].filter((file) => !has(file)));
    if (texts && missing.length === 0) return { directory, commit };
  }
  const what = missing.length > 0 ? ` whole (${missing.join(', ')} may be missing)` : '';
  throw new TriptychError(
    'HUB_OFFLINE',
    `${name}@${revision} is not in the cache${what} (${directory}), and HF_HUB_OFFLINE is set; pull it once without`,
  );
}

/** Names of the files that an index spreads the weights over. Throws HUB_CORRUPT for those that leave their folder. */
async function shardsOf(path: string): Promise<string[]> {
  let names: unknown[];
  try {
    const { weight_map } = parseJson(await readFile(path, 'utf8')) as { weight_map: object };
    names = [...new Set<unknown>(Object.values(weight_map))];
  } catch (cause) {
    throw new TriptychError('HUB_CORRUPT', `${INDEX}: expected a weight_map (${messageOf(cause)})`, {
      cause,
    });
  }
  const shards = names.filter((name): name is string => isPlainName(name) && name.endsWith(SHARD));
  if (shards.length === names.length && shards.length > 0) return shards;
  const stray = names.find((name) => !shards.includes(name as string));
  throw new TriptychError(
    'HUB_CORRUPT',
    `${INDEX}: expected names of ${SHARD} files, found ${JSON.stringify(stray ?? null)}`,
  );
}
