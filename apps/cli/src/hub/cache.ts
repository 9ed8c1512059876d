import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where converted models are kept: `TRIPTYCH_CACHE`, or `triptych` in the user's cache. */
export function cachedModels(...path: readonly string[]): string {
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const root = process.env['TRIPTYCH_CACHE'] || join(caches, 'triptych');
  return join(root, 'models', ...path);
}
