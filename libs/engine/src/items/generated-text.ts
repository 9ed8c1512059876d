import { TriptychError } from '@triptych/core';

/** Sequences that are searched side by side for one text. */
export const MOST_BEAMS = 8;

/** What the texts of one model take side by side: sequences, and bytes of their caches. */
export const DECODER_LIMITS = { maxSequences: 64, maxCacheBytes: 1024 ** 3 };

/** Throws PARAMETER_INVALID. */
export function checkWhole(value: number, least: number, most: number, field: string): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalidParameter(field, `${field} is ${value}; expected a whole number from ${least} to ${most}`);
}

export function invalidParameter(field: string, message: string): TriptychError {
  return new TriptychError('PARAMETER_INVALID', message, { field });
}
