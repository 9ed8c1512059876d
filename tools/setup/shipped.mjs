// What is shipped: the command, the server in it, and what both need.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reach } from './lockfile-reach.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Workspaces and packages of the installed program, by the lockfile: see `reach`. */
export function shipped() {
  return reach(JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')), ['apps/cli']);
}
