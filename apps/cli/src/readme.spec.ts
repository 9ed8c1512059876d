import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger, readConfig, startServer } from '@triptych/server';
import { describe, expect, it } from 'vitest';
import { demoModels } from './paths.js';
import { root } from './testing/run-cli.js';

describe('the README', () => {
  it("has a TypeScript example that prints each window's vector", async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const [, example] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    const server = await startServer(
      readConfig({ models: demoModels, listen: '127.0.0.1:0' }, {}),
      createLogger('silent'),
    );
    const child = spawn(process.execPath, ['--input-type=module'], {
      cwd: root,
      env: { PATH: process.env['PATH'], NO_COLOR: '1' },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end(example.replace('127.0.0.1:50051', server.address));
    const code = await new Promise((resolve) => child.once('close', resolve));
    await server.drain();
    expect(output.match(/Float32Array\(128\)/g)).toHaveLength(2);
    expect(output).toMatch(/^0 Float32Array/);
    expect(code).toBe(0);
  });
});
