import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { startCli } from '../testing/run-cli.js';

const isGlibc =
  process.platform === 'linux' &&
  'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header;
const args = ['serve', '--listen', '127.0.0.1:0', '--log-level', 'silent'];
const models = ['whisper', 'clip'].flatMap((name) => ['--model', `models/demo/${name}`]);
const HEAP_BYTES = 64n * 1024n * 1024n;

/** Heaps of a server that has loaded its models: they begin at multiples of 64 MiB. Of what else does, there is no more than a few. */
async function heapsOfServer(environment: NodeJS.ProcessEnv): Promise<number> {
  const { child: server, finished } = startCli([...args, ...models], undefined, environment);
  try {
    await new Promise((resolve, reject) => {
      server.stdout?.once('data', resolve);
      server.once('exit', (code) => reject(new TypeError(`the server ended with code ${code}`)));
    });
    const maps = readFileSync(`/proc/${server.pid}/maps`, 'utf8');
    const starts = maps.match(/^[0-9a-f]+(?=-\S+ rw-p 00000000 00:00 0 *$)/gm) ?? [];
    return starts.filter((start) => BigInt(`0x${start}`) % HEAP_BYTES === 0n).length;
  } finally {
    server.kill();
    await finished;
  }
}

// Of machines with more cores, glibc's own number would tell nothing.
it.skipIf(!isGlibc || availableParallelism() > 8)(
  'the threads of a server share as many heaps as there are cores, or as the environment says',
  async () => {
    expect(await heapsOfServer({})).toBeLessThanOrEqual(availableParallelism() + 6);
    const tunables = 'glibc.malloc.arena_max=32';
    for (const environment of [{ MALLOC_ARENA_MAX: '32' }, { GLIBC_TUNABLES: tunables }])
      expect(await heapsOfServer(environment)).toBeGreaterThan(availableParallelism() + 8);
  },
);
