#!/usr/bin/env node
import { ensureReady } from '../../../tools/setup/ensure-ready.mjs';

// In a clone the command builds what is not built yet; it does so once.
ensureReady();
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv);
