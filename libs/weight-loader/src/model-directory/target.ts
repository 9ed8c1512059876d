import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TriptychError } from '@triptych/core';

/** Where a run of this process works on a target, beside it. Whoever ends the run early removes it. */
export function scratchOf(target: string): string {
  const path = resolve(target);
  return join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
}

/** Throws OUTPUT_EXISTS. */
export async function checkAbsent(target: string): Promise<void> {
  if (!(await stat(target).catch(() => undefined))) return;
  throw new TriptychError('OUTPUT_EXISTS', `${target} exists already; remove it or name another directory`);
}
