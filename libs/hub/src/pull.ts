import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { downloadFile, fileDownloadInfo, HubApiError, modelInfo, pathsInfo } from '@huggingface/hub';
import { messageOf, TriptychError } from '@triptych/core';
import { download, type HubFile } from './download.js';
import { HubCache } from './hub-cache.js';
import type { HubModel, HubSettings } from './hub-settings.js';
import { patientFetch } from './patient-fetch.js';

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
    const counted = (bytes: number) => onProgress({ doneBytes: (doneBytes += bytes), totalBytes });
    await download(file, cache.blob(file.hash), () => hub.open(commit, file.path), counted);
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
  const { weight_map } = JSON.parse(await readFile(path, 'utf8')) as { weight_map?: Record<string, string> };
  const shards = [...new Set(Object.values(weight_map ?? {}))];
  const stray = shards.find((shard) => shard !== posix.basename(shard) || !shard.endsWith('.safetensors'));
  if (stray === undefined && shards.length > 0) return shards;
  throw new TriptychError(
    'HUB_CORRUPT',
    `${INDEX}: expected names of .safetensors files, found ${stray ?? 'none'}`,
  );
}

/** The library takes only tokens of the public hub; others have their own. Whoever a redirect leads to gets none. */
function withToken(endpoint: string, token: string): typeof fetch {
  const { origin } = new URL(endpoint);
  return (input, init) => {
    const url = input instanceof Request ? input.url : input;
    if (new URL(url).origin !== origin) return patientFetch(input, init);
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${token}`);
    return patientFetch(input, { ...init, headers });
  };
}

/** A hub's API, with its failures as ours. */
class Hub {
  readonly #repo;
  readonly #common;

  constructor(
    private readonly model: HubModel,
    private readonly settings: HubSettings,
  ) {
    const { endpoint, token } = settings;
    this.#repo = { type: 'model', name: model.name } as const;
    this.#common = {
      hubUrl: endpoint,
      fetch: token === undefined ? patientFetch : withToken(endpoint, token),
    };
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

  /** Those of the paths that the commit has. */
  async files(commit: string, paths: string[]): Promise<HubFile[]> {
    const infos = await this.#asked(
      pathsInfo({ repo: this.#repo, paths, revision: commit, ...this.#common }),
    );
    return infos.flatMap(({ path, type, size, oid, lfs }) => {
      if (type !== 'file' || !paths.includes(path)) return [];
      const hash = lfs?.oid ?? oid ?? '';
      if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) return [{ path, size: lfs?.size ?? size, hash }];
      throw new TriptychError('HUB_CORRUPT', `${path}: the hub announces no hash`);
    });
  }

  async open(commit: string, path: string): Promise<Blob> {
    const request = { repo: this.#repo, path, revision: commit, ...this.#common };
    const downloadInfo = await this.#asked(fileDownloadInfo(request));
    const blob = downloadInfo && (await this.#asked(downloadFile({ ...request, downloadInfo })));
    if (blob) return blob;
    throw new TriptychError('HUB_NOT_FOUND', `${this.model.name} has no ${path} at ${commit}`);
  }

  async #asked<T>(answer: Promise<T>): Promise<T> {
    const { name, revision } = this.model;
    const { endpoint, token } = this.settings;
    try {
      return await answer;
    } catch (cause) {
      if (cause instanceof TriptychError) throw cause;
      if (!(cause instanceof HubApiError))
        throw new TriptychError('HUB_UNREACHABLE', `${endpoint}: ${messageOf(cause)}`, { cause });
      if (cause.statusCode === 404)
        throw new TriptychError('HUB_NOT_FOUND', `${endpoint} has no ${name} at ${revision}`, { cause });
      if (cause.statusCode === 401 || cause.statusCode === 403) {
        const hint =
          token === undefined
            ? 'if it is there and private or gated, set HF_TOKEN'
            : 'the token is not valid, or may not read it: is its licence accepted?';
        const message = `${endpoint} answers ${cause.statusCode} for ${name}: ${hint}`;
        throw new TriptychError('HUB_DENIED', message, { cause });
      }
      throw new TriptychError('HUB_UNREACHABLE', `${endpoint}: ${cause.message}`, { cause });
    }
  }
}
