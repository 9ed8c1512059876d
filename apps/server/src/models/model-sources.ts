import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { TriptychError } from '@triptych/core';

/** Brings a model of a hub here, OWNER/NAME[@REVISION], and gives its model directory. */
export type ProvideHubModel = (reference: string, signal: AbortSignal) => Promise<string>;

/** Where a caller wants a model from: one of them. */
export interface WantedSource {
  /** Of a model directory, below a root. */
  readonly path?: string | undefined;
  /** OWNER/NAME[@REVISION] */
  readonly hub?: string | undefined;
}

export interface SourceOptions {
  /** Folders that models may be loaded from. */
  readonly roots: readonly string[];
  /** Models of the hub that may be loaded: OWNER/NAME, OWNER/* or *. */
  readonly hubModels: readonly string[];
  /** Undefined where this server cannot. */
  readonly provide?: ProvideHubModel | undefined;
}

const MOST_PATH_BYTES = 4096;
const HUB_MODEL = /^([a-z\d][\w.-]{0,95})\/([a-z\d][\w.-]{0,95})(@[a-z\d][\w./-]{0,127})?$/i;

/** The model directories that callers may have loaded: below the roots, and of a hub where that is allowed. Nothing else is looked at. */
export class ModelSources {
  constructor(private readonly options: SourceOptions) {}

  /** A model's directory. Throws MODEL_SOURCE_INVALID, and as bringing it from a hub does. */
  directoryOf({ path, hub }: WantedSource, signal: AbortSignal): Promise<string> {
    return hub === undefined ? this.#below(path ?? '') : this.#ofHub(hub, signal);
  }

  async #below(path: string): Promise<string> {
    const { roots } = this.options;
    if (roots.length === 0)
      throw invalid('path', 'this server loads no models by their paths (--model-root)');
    checkPath(path);
    for (const root of roots) {
      const base = await realpath(root).catch(() => undefined);
      const found = await realpath(join(root, path)).catch(() => undefined);
      if (base === undefined || found === undefined) continue;
      // Of a link it is where that leads to which counts, and what is loaded.
      if (!found.startsWith(base.endsWith(sep) ? base : base + sep))
        throw invalid('path', `${JSON.stringify(path)} leads out of the model root that it is in`);
      if ((await stat(found)).isDirectory()) return found;
    }
    throw invalid('path', `there is no folder ${JSON.stringify(path)} below a model root`);
  }

  async #ofHub(hub: string, signal: AbortSignal): Promise<string> {
    const { hubModels, provide } = this.options;
    const problem = hubProblem(hub, hubModels);
    if (problem !== undefined) throw invalid('hub', problem);
    if (!provide) throw invalid('hub', `${hub}: this server cannot bring models of a hub`);
    return provide(hub, signal);
  }
}

/** Why a model of the hub may not be loaded where `allowed` are: OWNER/NAME, OWNER/* or *. Undefined where it may. */
export function hubProblem(hub: string, allowed: readonly string[]): string | undefined {
  const [, owner, name] = HUB_MODEL.exec(hub) ?? [];
  if (owner === undefined)
    return `${JSON.stringify(hub.slice(0, 256))}: expected OWNER/NAME or OWNER/NAME@REVISION`;
  if (['*', `${owner}/*`, `${owner}/${name}`].some((pattern) => allowed.includes(pattern))) return undefined;
  return `this server does not load ${owner}/${name} (--hub-model)`;
}

/** Throws MODEL_SOURCE_INVALID for what is no path below a folder. */
function checkPath(path: string): void {
  const isPlain = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (isPlain && !/[\\\0]/.test(path) && Buffer.byteLength(path) <= MOST_PATH_BYTES) return;
  throw invalid(
    'path',
    `${JSON.stringify(path.slice(0, 256))}: expected the path of a folder below a model root, without .. and not absolute`,
  );
}

function invalid(field: string, message: string): TriptychError {
  return new TriptychError('MODEL_SOURCE_INVALID', message, { field });
}
