import { TriptychError } from '@triptych/core';
import type { ServiceParts } from '../service-parts.js';

/** Of an entry, beside the name that it repeats: its index, its score and what frames them. */
const ENTRY_BYTES = 16;

/** Bytes of an answer that has, in each of its rows, `topK` of these names, the longest ones at most. `topK` 0: all. */
export function namesBytes(rows: number, names: readonly string[], topK: number): number {
  const lengths = names.map((name) => Buffer.byteLength(name)).sort((a, b) => b - a);
  const inRow = topK === 0 ? lengths : lengths.slice(0, topK);
  return rows * inRow.reduce((sum, length) => sum + length + ENTRY_BYTES, 0);
}

/** Throws MESSAGE_TOO_LARGE before an answer is made that would not be sent. */
export function checkAnswer(bytes: number, { maxAnswerBytes }: ServiceParts['limits']): void {
  if (bytes <= maxAnswerBytes) return;
  throw new TriptychError(
    'MESSAGE_TOO_LARGE',
    `the answer might have ${bytes} bytes; expected at most ${maxAnswerBytes}: compare fewer items in a call, or give them shorter names`,
  );
}
