import { join, normalize, sep } from 'node:path';
import { TriptychError } from '@triptych/core';

/** Something wrong with weights, told with the file that holds them: code further in knows a tensor's name alone. */
export function inFile(path: string, thrown: unknown): unknown {
  if (!(thrown instanceof TriptychError) || thrown.code !== 'bad-weights') return thrown;
  const { message, reason, field } = thrown;
  // As it was given, or as Node's `join` made it the path of a file.
  const isNamed = [path, normalize(path)].some(
    (named) => message.startsWith(`${named}: `) || message.startsWith(join(named, sep)),
  );
  return isNamed ? thrown : new TriptychError(reason, `${path}: ${message}`, { field, cause: thrown });
}
