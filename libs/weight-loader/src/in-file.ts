import { TriptychError } from '@triptych/core';

/** Something wrong with weights, told with the file that holds them: code further in knows a tensor's name alone. */
export function inFile(path: string, thrown: unknown): unknown {
  if (!(thrown instanceof TriptychError) || thrown.code !== 'bad-weights') return thrown;
  if (thrown.message.startsWith(path)) return thrown;
  return new TriptychError(thrown.reason, `${path}: ${thrown.message}`, {
    field: thrown.field,
    cause: thrown,
  });
}
