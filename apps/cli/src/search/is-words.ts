import { existsSync } from 'node:fs';
import { mediaOf } from '../encode/media.js';

/** True where a query is words, no picture or recording. */
export function isWords(query: string): boolean {
  return !existsSync(query) || !['image', 'audio'].includes(mediaOf(query) ?? '');
}
