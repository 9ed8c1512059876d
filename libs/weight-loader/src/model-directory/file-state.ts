import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TriptychError } from '@triptych/core';

const KEYS = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const;

/** What changes where a file is written to, or another is put in its place. */
export type FileState = Pick<BigIntStats, (typeof KEYS)[number]>;

/** undefined where there is no such file. */
export async function fileState(path: string): Promise<FileState | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return { dev, ino, size, mtimeNs, ctimeNs };
}

/** Throws WEIGHTS_CORRUPT where a weights file is not what it was; the message has it as it is `named`. */
export async function checkState(path: string, before: FileState | undefined, named: string): Promise<void> {
  const now = await fileState(path);
  if (before && now && KEYS.every((key) => now[key] === before[key])) return;
  throw new TriptychError('WEIGHTS_CORRUPT', `${named} was replaced while it was loaded; load it again`);
}
