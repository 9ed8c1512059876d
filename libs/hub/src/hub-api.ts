import { HubApiError, modelInfo, pathsInfo } from '@huggingface/hub';
import { isCount, messageOf, TriptychError } from '@triptych/core';
import type { HubBody, HubFile } from './download.js';
import { answerFetch, hubFetch } from './hub-fetch.js';
import type { HubModel, HubSettings } from './hub-settings.js';
import { isPlainPath } from './plain-path.js';

/** How files of weights end. */
export const SHARD = '.safetensors';
/** What describes a model is read into memory; the largest tokenizers have some 40 MB. */
const MAX_DESCRIPTION_BYTES = 256 * 1024 * 1024;

/** Of what a hub says of its failure. */
const MOST_QUOTED = 500;

/** A hub's API, with its failures as ours. */
export class Hub {
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
    if (paths.length === 0) return [];
    const repo = { type: 'model', name: this.model.name } as const;
    const infos = await this.#asked(pathsInfo({ repo, paths, revision: commit, ...this.#common }));
    const files = new Map<string, HubFile>();
    for (const { path, type, size, oid, lfs } of infos) {
      // A hub may list whatever it likes.
      if (type !== 'file' || !isPlainPath(path) || !paths.includes(path)) continue;
      files.set(path, checkAnnounced({ path, size: lfs?.size ?? size, hash: lfs?.oid ?? oid ?? '' }));
    }
    return [...files.values()];
  }

  /** A file's bytes from `start` on, or from its beginning where the hub knows no ranges. */
  async open(commit: string, { path, size }: HubFile, start: number): Promise<HubBody> {
    const { endpoint } = this.settings;
    const url = `${endpoint}/${this.model.name}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
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
  if (!isCount(size)) throw new TriptychError('HUB_CORRUPT', `${path}: the hub announces no size`);
  if (!path.endsWith(SHARD) && size > MAX_DESCRIPTION_BYTES)
    throw new TriptychError(
      'HUB_CORRUPT',
      `${path}: the hub announces ${size} bytes; what describes a model has at most ${MAX_DESCRIPTION_BYTES}`,
    );
  return { path, size, hash };
}
