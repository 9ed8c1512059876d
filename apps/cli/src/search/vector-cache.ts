import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Identity } from '../encode/identity.js';

/** The cache's file, in the folder that it is of. */
export const CACHE_FILE = '.triptych-vectors.json';

interface Entry {
  readonly size: number;
  readonly mtimeMs: number;
  /** float32, little-endian, base64. */
  readonly vector: string;
}

interface Stored {
  readonly version: 1;
  /** Vectors of other weights or another recipe are of no use. */
  readonly fingerprint: string;
  readonly space: string;
  readonly vectors: Record<string, Entry>;
}

/** What made the vectors of a cache. */
export type CacheKey = Pick<Identity, 'fingerprint' | 'space'>;

/** Vectors of a folder's images by path, kept beside them; a file that has changed since counts as missing. */
export class VectorCache {
  readonly #entries: Map<string, Entry>;

  private constructor(
    private readonly folder: string,
    private readonly model: CacheKey,
    entries: Readonly<Record<string, Entry>>,
  ) {
    this.#entries = new Map(Object.entries(entries));
  }

  /** Whatever is not a cache of this model counts as empty. */
  static async open(folder: string, model: CacheKey): Promise<VectorCache> {
    const stored = await readStored(join(folder, CACHE_FILE));
    const fits = stored?.fingerprint === model.fingerprint && stored.space === model.space;
    return new VectorCache(folder, model, fits ? stored.vectors : {});
  }

  /** The vector of a file, unless it is new or has changed. */
  async get(path: string): Promise<Float32Array | undefined> {
    const entry = this.#entries.get(relative(this.folder, path));
    if (!entry) return undefined;
    const { size, mtimeMs } = await stat(path);
    if (entry.size !== size || entry.mtimeMs !== mtimeMs) return undefined;
    return new Float32Array(new Uint8Array(Buffer.from(entry.vector, 'base64')).buffer);
  }

  async set(path: string, { buffer, byteOffset, byteLength }: Float32Array): Promise<void> {
    const { size, mtimeMs } = await stat(path);
    const vector = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
    this.#entries.set(relative(this.folder, path), { size, mtimeMs, vector });
  }

  /** Writes beside, then renames. `paths` are the files that there are: others are forgotten. */
  async save(paths: readonly string[]): Promise<void> {
    const known = new Set(paths.map((path) => relative(this.folder, path)));
    const vectors = Object.fromEntries([...this.#entries].filter(([path]) => known.has(path)));
    const { fingerprint, space } = this.model;
    const stored: Stored = { version: 1, fingerprint, space, vectors };
    const target = join(this.folder, CACHE_FILE);
    const partial = `${target}.${process.pid}.partial`;
    await writeFile(partial, JSON.stringify(stored));
    await rename(partial, target);
  }
}

async function readStored(path: string): Promise<Stored | undefined> {
  try {
    const stored = JSON.parse(await readFile(path, 'utf8')) as Stored;
    return stored.version === 1 && typeof stored.vectors === 'object' ? stored : undefined;
  } catch {
    return undefined;
  }
}
