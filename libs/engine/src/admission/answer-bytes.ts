import { TriptychError } from '@triptych/core';
import type { EngineLimits } from '../settings.js';

/** Of an entry, beside the name that it repeats: its index, its score and what frames them. */
const ENTRY_BYTES = 16;

/** Writing an answer keeps the event loop from other calls: tens of megabytes take tenths of a second. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Bytes of an answer that has, in each of its rows, `topK` of these names, the longest ones at most. `topK` 0: all. */
export function namesBytes(rows: number, names: readonly string[], topK: number): number {
  const lengths = names.map((name) => Buffer.byteLength(name)).sort((a, b) => b - a);
  const inRow = topK === 0 ? lengths : lengths.slice(0, topK);
  return rows * inRow.reduce((sum, length) => sum + length + ENTRY_BYTES, 0);
}

/** Throws MESSAGE_TOO_LARGE before an answer is made that would be too long to write or to send. */
export function checkAnswer(bytes: number, { maxAnswerBytes }: Pick<EngineLimits, 'maxAnswerBytes'>): void {
  const most = Math.min(maxAnswerBytes, MOST_BYTES);
  if (bytes <= most) return;
  throw new TriptychError(
    'MESSAGE_TOO_LARGE',
    `the answer might have ${bytes} bytes; expected at most ${most}: compare fewer items in a call, or give them shorter names`,
  );
}
