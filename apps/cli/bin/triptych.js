#!/usr/bin/env node
import { ensureReady } from '../../../tools/setup/ensure-ready.mjs';

// In a clone the command builds what is not built yet; it does so once.
ensureReady();
const { needsRelaunch, relaunch } = await import('../dist/relaunch.js');
if (process.argv[2] === 'serve' && needsRelaunch()) {
  process.exitCode = await relaunch();
} else {
  const { main } = await import('../dist/main.js');
  process.exitCode = await main(process.argv);
}
