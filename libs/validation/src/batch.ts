import { TriptychError } from '@triptych/core';

/** Throws BATCH_EMPTY or BATCH_TOO_LARGE. `field` names the items in the request, as in `clips`. */
export function checkBatch(count: number, max: number, field: string): void {
  if (count === 0)
    throw new TriptychError('BATCH_EMPTY', `the request holds no ${field}; expected at least 1`, { field });
  if (count > max)
    throw new TriptychError('BATCH_TOO_LARGE', `${count} ${field} in one call; expected at most ${max}`, {
      field,
    });
}
