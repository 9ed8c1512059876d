import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectModel, openModel } from '@triptych/model-families';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipJson, smallClip, writeSyntheticCheckpoint } from './synthetic-checkpoint.js';

const bin = fileURLToPath(new URL('../../../apps/cli/bin/triptych.js', import.meta.url));
const tokenizer = fileURLToPath(new URL('../../../models/demo/clip/tokenizer.json', import.meta.url));
let source: string;
let work: string;

beforeAll(async () => {
  source = await mkdtemp(join(tmpdir(), 'triptych-interrupted-'));
  const files = { 'tokenizer.json': await readFile(tokenizer, 'utf8') };
  await writeSyntheticCheckpoint(join(source, 'hf'), clipJson(smallClip), files);
});
afterAll(() => rm(source, { recursive: true }));

/** The real command. */
function convert(target: string, ...more: string[]): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [bin, 'convert', join(source, 'hf'), target, ...more], {
    stdio: 'ignore',
  });
  return { child, ended: new Promise((resolve) => child.once('close', resolve)) };
}

describe('a conversion', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)(
    'that %s ends leaves no model, and the next one starts clean',
    async (signal) => {
      work = await mkdtemp(join(source, 'work-'));
      const target = join(work, 'model');
      const { child, ended } = convert(target);
      await expect.poll(() => readdir(work), { interval: 5 }).not.toEqual([]);
      child.kill(signal);
      await ended;
      const left = await readdir(work);
      if (signal === 'SIGINT') expect(left).toEqual([]);
      else expect(left).not.toContain('model');

      expect(await convert(target).ended).toBe(0);
      expect(await readdir(work)).toEqual(['model']);
      const { directory } = await openModel(target);
      expect((await directory.identify([await directory.load()])).weightType).toBe('float16');
    },
  );

  it('to a full disk leaves nothing', async () => {
    work = await mkdtemp(join(source, 'full-'));
    // A file may not grow beyond 64 KiB: writing fails as it does where there is no space.
    const command = `trap '' XFSZ; ulimit -f 64; exec "$0" "$@"`;
    const args = ['-c', command, process.execPath, bin, 'convert', join(source, 'hf'), join(work, 'model')];
    const child = spawn('bash', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(1);
    expect(stderr).toMatch(/could not be written \(EFBIG/);
    expect(await readdir(work)).toEqual([]);
  });

  it('to int8 goes by way of float and leaves only its result', async () => {
    work = await mkdtemp(join(source, 'int8-'));
    expect(await convert(join(work, 'model'), '--dtype', 'int8').ended).toBe(0);
    expect(await readdir(work)).toEqual(['model']);
    expect((await inspectModel(join(work, 'model'))).schema).toBe('V2');
  });
});
