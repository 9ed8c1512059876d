import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubApiError, modelInfo, pathsInfo } from '@huggingface/hub';
import { isPlainName, messageOf, parseJson, TriptychError } from '@triptych/core';
import { download, type HubBody, type HubFile } from './download.js';
import { HubCache } from './hub-cache.js';
import { answerFetch, hubFetch } from './hub-fetch.js';
import type { HubModel, HubSettings } from './hub-settings.js';

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
const SHARD = '.safetensors';
/** What describes a model is read into memory; the largest tokenizers have some 40 MB. */
const MAX_DESCRIPTION_BYTES = 256 * 1024 * 1024;
/** What an encoder is made of, beside its weights; what a checkpoint has none of it does not need. */
const DESCRIPTION = [
  'config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.json',
  'merges.txt',
];

/**
 * Brings a checkpoint into the cache, only the files that serving needs; what is there already is not asked for again.
 * Throws HUB_* errors.
 */
export async function pullCheckpoint(
  model: HubModel,
  settings: HubSettings,
  onProgress: (progress: PullProgress) => void = () => undefined,
): Promise<PulledCheckpoint> {
  const cache = new HubCache(settings.cache, model);
  if (settings.offline) return pulledBefore(model, cache);
  const hub = new Hub(model, settings);
  const commit = await hub.commit();
  const description = await hub.files(commit, [...DESCRIPTION, WEIGHTS, INDEX]);
  if (!description.some(({ path }) => path === 'config.json'))
    throw new TriptychError(
      'HUB_NOT_FOUND',
      `${model.name} holds no config.json: it is no checkpoint of transformers`,
    );
  const weights = description.find(({ path }) => path === WEIGHTS);
  const index = description.find(({ path }) => path === INDEX);
  const files = description.filter((file) => file !== index || !weights);
  let [doneBytes, totalBytes] = [0, files.reduce((sum, { size }) => sum + size, 0)];
  const fetchFile = async (file: HubFile) => {
    await download(file, cache.blob(file.hash), {
      open: (start) => hub.open(commit, file, start),
      onBytes: (bytes) => onProgress({ doneBytes: (doneBytes += bytes), totalBytes }),
    });
    await cache.link(commit, file.path, file.hash);
  };
  if (!weights && index) {
    await fetchFile(index);
    const shards = await hub.files(commit, await shardsOf(join(cache.snapshot(commit), INDEX)));
    totalBytes += shards.reduce((sum, { size }) => sum + size, 0);
    files.push(...shards);
  } else if (!weights) {
    throw new TriptychError(
      'HUB_NOT_FOUND',
      `${model.name} has neither ${WEIGHTS} nor ${INDEX}; only safetensors are read`,
    );
  }
  for (const file of files) if (file !== index) await fetchFile(file);
  await cache.setCommit(commit);
  return { directory: cache.snapshot(commit), commit };
}

/** Throws HUB_OFFLINE. */
async function pulledBefore({ name, revision }: HubModel, cache: HubCache): Promise<PulledCheckpoint> {
  const commit = await cache.commit();
  const directory = cache.snapshot(commit ?? '');
  const has = (file: string) => existsSync(join(directory, file));
  const weights = has(INDEX) && !has(WEIGHTS) ? await shardsOf(join(directory, INDEX)) : [WEIGHTS];
  if (commit !== undefined && ['config.json', ...weights].every(has)) return { directory, commit };
  throw new TriptychError(
    'HUB_OFFLINE',
    `${name}@${revision} is not in the cache (${directory}), and HF_HUB_OFFLINE is set; pull it once without`,
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

/** Of what a hub says of its failure. */
const MOST_QUOTED = 500;

/** A hub's API, with its failures as ours. */
class Hub {
  readonly #common;
  readonly #fetch: typeof fetch;

  constructor(
    private readonly model: HubModel,
    private readonly settings: HubSettings,
  ) {
    const { endpoint, token } = settings;
    this.#fetch = hubFetch(endpoint, token);
    this.#common = { hubUrl: endpoint, fetch: answerFetch(this.#fetch) };
  }

  /** What the revision stands for now. */
  async commit(): Promise<string> {
    const { name, revision } = this.model;
    const { sha } = await this.#asked(
      modelInfo({ name, revision, additionalFields: ['sha'], ...this.#common }),
    );
    if (/^[0-9a-f]{40}$/.test(sha)) return sha;
    throw new TriptychError('HUB_CORRUPT', `${name}: the hub names no commit for ${revision}`);
  }

  /** Those of the paths that the commit has, each once. */
  async files(commit: string, paths: string[]): Promise<HubFile[]> {
    const repo = { type: 'model', name: this.model.name } as const;
    const infos = await this.#asked(pathsInfo({ repo, paths, revision: commit, ...this.#common }));
    const files = new Map<string, HubFile>();
    for (const { path, type, size, oid, lfs } of infos) {
      // A hub may list whatever it likes.
      if (type !== 'file' || !isPlainName(path) || !paths.includes(path)) continue;
      files.set(path, checkAnnounced({ path, size: lfs?.size ?? size, hash: lfs?.oid ?? oid ?? '' }));
    }
    return [...files.values()];
  }

  /** A file's bytes from `start` on, or from its beginning where the hub knows no ranges. */
  async open(commit: string, { path, size }: HubFile, start: number): Promise<HubBody> {
    const { endpoint } = this.settings;
    const url = `${endpoint}/${this.model.name}/resolve/${commit}/${encodeURIComponent(path)}`;
    const headers = {
      'accept-encoding': 'identity',
      ...(start > 0 ? { range: `bytes=${start}-${size - 1}` } : {}),
    };
    const { status, body, headers: answered } = await this.#fetch(url, { headers });
    if (status === 200 && body) return { start: 0, body };
    const isPart = status === 206 && answered.get('content-range')?.startsWith(`bytes ${start}-`);
    if (isPart && body) return { start, body };
    await body?.cancel();
    if (status === 404)
      throw new TriptychError('HUB_NOT_FOUND', `${this.model.name} has no ${path} at ${commit}`);
    throw this.#failure(status, new Error(`it answers ${status} for ${path}, from byte ${start} on`));
  }

  async #asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (cause) {
      if (cause instanceof TriptychError) throw cause;
      throw this.#failure(cause instanceof HubApiError ? cause.statusCode : undefined, cause);
    }
  }

  /** What a status of the hub means. */
  #failure(status: number | undefined, cause: unknown): TriptychError {
    const { name, revision } = this.model;
    const { endpoint, token } = this.settings;
    if (status === 404)
      return new TriptychError('HUB_NOT_FOUND', `${endpoint} has no ${name} at ${revision}`, { cause });
    if (status === 401 || status === 403) {
      const hint =
        token === undefined
          ? 'if it is there and private or gated, set HF_TOKEN'
          : 'the token is not valid, or may not read it: is its licence accepted?';
      return new TriptychError('HUB_DENIED', `${endpoint} answers ${status} for ${name}: ${hint}`, { cause });
    }
    return new TriptychError('HUB_UNREACHABLE', `${endpoint}: ${messageOf(cause).slice(0, MOST_QUOTED)}`, {
      cause,
    });
  }
}

/** Throws HUB_CORRUPT for a file without a hash, or of a size that is none or that such a file cannot have. */
function checkAnnounced(file: { path: string; size: unknown; hash: unknown }): HubFile {
  const { path, size, hash } = file;
  if (typeof hash !== 'string' || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash))
    throw new TriptychError('HUB_CORRUPT', `${path}: the hub announces no hash`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new TriptychError('HUB_CORRUPT', `${path}: the hub announces no size`);
  if (!path.endsWith(SHARD) && size > MAX_DESCRIPTION_BYTES)
    throw new TriptychError(
      'HUB_CORRUPT',
      `${path}: the hub announces ${size} bytes; what describes a model has at most ${MAX_DESCRIPTION_BYTES}`,
    );
  return { path, size, hash };
}
