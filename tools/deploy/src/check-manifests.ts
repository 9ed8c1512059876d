import { readFileSync } from 'node:fs';
import { checkManifests } from './kubernetes.js';

// Manifests on standard input, or of the files named: their kinds, or what is wrong with the first that is.
const texts = process.argv.length > 2 ? process.argv.slice(2) : [0];
for (const path of texts) {
  const kinds = checkManifests(readFileSync(path, 'utf8'));
  process.stdout.write(`valid: ${kinds.join(', ')}\n`);
}
