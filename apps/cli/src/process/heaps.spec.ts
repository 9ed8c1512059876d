import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const isGlibc =
  process.platform === 'linux' &&
  'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header;
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const args = ['apps/cli/bin/triptych.js', 'serve', '--listen', '127.0.0.1:0', '--log-level', 'silent'];
const models = ['whisper', 'clip'].flatMap((name) => ['--model', `models/demo/${name}`]);
const HEAP_BYTES = 64n * 1024n * 1024n;

/** Heaps of a server that has loaded its models: they begin at multiples of 64 MiB. Of what else does, there is no more than a few. */
async function heapsOfServer(environment: NodeJS.ProcessEnv): Promise<number> {
  const { MALLOC_ARENA_MAX: _, ...env } = process.env;
  const server: ChildProcess = spawn(process.execPath, [...args, ...models], {
    cwd: root,
    env: { ...env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await new Promise((resolve, reject) => {
      server.stdout?.once('data', resolve);
      server.once('exit', (code) => reject(new TypeError(`the server ended with code ${code}`)));
    });
    const maps = readFileSync(`/proc/${server.pid}/maps`, 'utf8');
    const starts = maps.match(/^[0-9a-f]+(?=-\S+ rw-p 00000000 00:00 0 *$)/gm) ?? [];
    return starts.filter((start) => BigInt(`0x${start}`) % HEAP_BYTES === 0n).length;
  } finally {
    const exited = new Promise((resolve) => server.once('exit', resolve));
    if (server.kill()) await exited;
  }
}

it.skipIf(!isGlibc)(
  'the threads of a server share as many heaps as there are cores, or as the environment says',
  async () => {
    expect(await heapsOfServer({})).toBeLessThanOrEqual(availableParallelism() + 6);
    expect(await heapsOfServer({ MALLOC_ARENA_MAX: '32' })).toBeGreaterThan(availableParallelism() + 8);
  },
);
