import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonObject, messageOf, parseJson, TriptychError } from '@triptych/core';
import { isPlainPath } from './plain-path.js';

export const CONFIG = 'config.json';

/** Files of a checkpoint beside those that every one has, by their paths. */
export interface WantedFiles {
  readonly files: {
    /** Texts without which it is none. */
    readonly required: readonly string[];
    readonly optional: readonly string[];
    /** Further ones, which those name that are there. */
    readonly namedIn?: (texts: Texts) => readonly string[];
  };
  /** Further files of weights. */
  readonly moreWeights?: (texts: Texts) => readonly { readonly path: string }[];
}

/** Contents of text files by their paths. */
export type Texts = Readonly<Record<string, string>>;

/** What a checkpoint with this config.json takes. Throws where such a one is not served. */
export type FindWanted = (config: JsonObject) => WantedFiles;

/** Reads the config.json of a snapshot. Throws HUB_CORRUPT. */
export async function wantedBy(directory: string, findWanted: FindWanted): Promise<WantedFiles> {
  let config: unknown;
  try {
    config = parseJson(await readFile(join(directory, CONFIG), 'utf8'));
  } catch (cause) {
    throw new TriptychError('HUB_CORRUPT', `${CONFIG}: ${messageOf(cause)}`, { cause });
  }
  if (typeof config === 'object' && config !== null && !Array.isArray(config))
    return findWanted(config as JsonObject);
  throw new TriptychError('HUB_CORRUPT', `${CONFIG}: expected a JSON object`);
}

/**
 * Fetches the wanted texts into a snapshot, then those that they name; their contents. Throws HUB_NOT_FOUND or HUB_CORRUPT.
 */
export async function fetchTexts(
  directory: string,
  { files: { required, optional, namedIn } }: WantedFiles,
  fetch: (paths: string[]) => Promise<void>,
): Promise<Texts> {
  const first = [...required, ...optional];
  if (first.length > 0) await fetch(first);
  const texts = await readTexts(directory, first);
  const missing = required.filter((name) => texts[name] === undefined);
  if (missing.length > 0)
    throw new TriptychError('HUB_NOT_FOUND', `the hub has no ${missing.join(', ')}, which the model takes`);
  const named = plain(namedIn?.(texts) ?? []);
  if (named.length > 0) await fetch(named);
  return { ...texts, ...(await readTexts(directory, named)) };
}

/** Further files of weights, by what the texts say. Throws HUB_CORRUPT. */
export function moreWeights(wanted: WantedFiles, texts: Texts): string[] {
  return plain((wanted.moreWeights?.(texts) ?? []).map(({ path }) => path));
}

/** Throws HUB_CORRUPT for paths that leave the checkpoint's folder. */
function plain(paths: readonly string[]): string[] {
  const stray = paths.find((path) => !isPlainPath(path));
  if (stray === undefined) return [...paths];
  throw new TriptychError(
    'HUB_CORRUPT',
    `the checkpoint names ${JSON.stringify(stray)} as a file of its own; expected a path below its folder`,
  );
}

async function readTexts(directory: string, names: readonly string[]): Promise<Texts> {
  const there = names.filter((name) => existsSync(join(directory, name)));
  const texts = there.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}
