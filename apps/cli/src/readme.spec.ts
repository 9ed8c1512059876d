import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger, readConfig, startServer } from '@triptych/server';
import { describe, expect, it } from 'vitest';
import { demoModels } from './paths.js';
import { root } from './testing/run-cli.js';

const readme = await readFile(join(root, 'README.md'), 'utf8');
const [client, engine] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, example]) => example);

/** Runs a program from a file of its own; what it writes to both streams. */
async function outputOf(program: string): Promise<string> {
  const path = join(root, 'apps/cli/dist', `readme-${randomUUID()}.mjs`);
  await writeFile(path, program);
  const child = spawn(process.execPath, [path], {
    cwd: root,
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  await rm(path);
  expect(code, output).toBe(0);
  return output;
}

describe('the README', () => {
  it("has a TypeScript example that prints each window's vector", async () => {
    const server = await startServer(
      readConfig({ models: demoModels, listen: '127.0.0.1:0' }, {}),
      createLogger('silent'),
    );
    const output = await outputOf(client.replace('127.0.0.1:50051', server.address)).finally(() =>
      server.drain(),
    );
    expect(output.match(/Float32Array\(128\)/g)).toHaveLength(2);
    expect(output).toMatch(/^0 Float32Array/);
  });

  it('has an example of an engine without a server, which ends by itself', async () => {
    expect(await outputOf(engine)).toBe('triptych-demo [ 128 ]\n');
  });
});
