import { TriptychError } from '@triptych/core';

/** Runs a check; the field of what it throws lies below `field`. */
export function inField<T>(field: string, check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    throw TriptychError.from(thrown).within(field);
  }
}

/** The same of work that is waited for. */
export async function inFieldAsync<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw TriptychError.from(thrown).within(field);
  }
}
