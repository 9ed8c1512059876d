// Runs the `sh` blocks of a page that begin with curl as they are written, but for the address:
//   node .ci/run-examples.mjs PAGE ADDRESS-IN-THE-PAGE ADDRESS
// Blocks of `sh` and another word need what the demo does not serve, and are left out. Each must end with 0; what curl gets is JSON of an answer, not of a failure.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [page, written, address] = process.argv.slice(2);
const blocks = [...readFileSync(page, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
  ([, block]) => block,
);
const examples = blocks.filter((block) => /\bcurl\b/.test(block));
if (examples.length === 0) throw new Error(`${page} has no example`);
for (const example of examples) {
  const script = `set -euo pipefail\n${example.replaceAll(written, address)}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  if (status !== 0 || /"error"|^event: error/m.test(stdout)) {
    process.stderr.write(`${page}: this example fails (${status}):\n${example}\n${stdout}${stderr}\n`);
    process.exit(1);
  }
}
process.stdout.write(`${page}: ${examples.length} examples run as they are written\n`);
