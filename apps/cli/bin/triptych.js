#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { limitHeaps } from './limit-heaps.js';

if (process.argv[2] === 'serve') limitHeaps();
const program = new URL('../dist/run.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  process.stderr.write(
    `triptych: ${fileURLToPath(program)} is missing: this clone is not built. Run npm run build in it first.\n`,
  );
  process.exitCode = 1;
}
