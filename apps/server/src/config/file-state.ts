import { statSync } from 'node:fs';
import { problemOf } from '@triptych/core';

/**
 * What tells that a file is another one, says something else, or may be read by others than before; where it cannot be looked at, why
 * not. Its time of change alone would not do: copies keep it.
 */
export function fileState(path: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch (cause) {
    return problemOf(cause);
  }
}
