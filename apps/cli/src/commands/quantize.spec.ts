import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModels } from '../paths.js';
import { runCli, startCli } from '../testing/run-cli.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-cli-quantize-'));
});
afterAll(() => rm(work, { recursive: true }));

describe('triptych quantize', () => {
  it('makes a model that validates against its original’s reference, and passes the self-check', async () => {
    const target = join(work, 'clip-int8');
    const made = await runCli(['quantize', demoModels[1], target, '--json']);
    expect(made.stderr).toBe('');
    const { towers } = JSON.parse(String(made.stdout)) as { towers: { name: string; minCosine: number }[] };
    expect(towers.map(({ name }) => name)).toEqual(['image', 'text']);
    expect(await readdir(work)).toEqual(['clip-int8']);

    const validated = await runCli(['validate', target, '--json']);
    const { items, passed } = JSON.parse(String(validated.stdout)) as { items: unknown[]; passed: boolean };
    expect(items).toHaveLength(17);
    expect(passed).toBe(true);

    const args = ['serve', '--model', target, '--self-check', '--listen', '127.0.0.1:0'];
    const { child, finished } = startCli(args);
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    const served = await finished;
    expect(served.code, served.stderr).toBe(0);
    expect(served.stderr).toContain('self-check passed');
    expect(served.stderr).toContain('"weightType":"int8"');
  });
});
