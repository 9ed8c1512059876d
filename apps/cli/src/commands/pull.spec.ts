import { inspectModel } from '@triptych/model-families';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hubSettings, parseHubModel } from '@triptych/hub';
import { type FakeHub, startFakeHub } from '@triptych/hub/testing';
import { TriptychClient } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pull } from '../hub/provide-model.js';
import { demoCheckpoint } from '../testing/demo-checkpoint.js';
import { runCli, startCli } from '../testing/run-cli.js';

const MODEL = 'open/demo-whisper';
let work: string;
let hub: FakeHub;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-pull-'));
  hub = await startFakeHub(MODEL, await demoCheckpoint());
  process.env['HF_ENDPOINT'] = hub.endpoint;
  process.env['HF_HOME'] = join(work, 'hf');
  process.env['TRIPTYCH_CACHE'] = join(work, 'triptych');
});
afterAll(async () => {
  await hub.close();
  for (const name of ['HF_ENDPOINT', 'HF_HOME', 'TRIPTYCH_CACHE', 'HF_HUB_OFFLINE']) delete process.env[name];
  await rm(work, { recursive: true });
});

describe('a model of a hub', () => {
  it('is pulled and converted by `serve` the first time, and served by its name', async () => {
    const { child, finished } = startCli(['serve', '--model', MODEL, '--listen', '127.0.0.1:0']);
    const line = await new Promise<string>((resolve) =>
      child.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const client = new TriptychClient(/^listening on (.+)\n$/.exec(line)![1]);
    const [model] = await client.listModels();
    expect(model).toMatchObject({ name: MODEL, weightType: 'float16', architecture: 'whisper-encoder' });
    client.close();
    child.kill('SIGTERM');
    expect((await finished).code).toBe(0);
  });

  it('is found in the cache without the hub', async () => {
    hub.requests.length = 0;
    process.env['HF_HUB_OFFLINE'] = '1';
    const found = await runCli(['pull', MODEL, '--json']);
    delete process.env['HF_HUB_OFFLINE'];
    expect(found).toMatchObject({ code: 0, stderr: '' });
    const { model } = JSON.parse(String(found.stdout)) as { model: string };
    expect(await readdir(model)).toContain('weights.parquet');
    expect(hub.requests).toEqual([]);
  });

  it('is downloaded once where two want it at the same time', async () => {
    hub.requests.length = 0;
    const settings = hubSettings({ HF_ENDPOINT: hub.endpoint, HF_HOME: join(work, 'shared') });
    const wanted = parseHubModel(MODEL)!;
    const [first, second] = await Promise.all([pull(wanted, settings), pull(wanted, settings)]);
    expect(second).toEqual(first);
    expect(hub.requests.filter((request) => request.includes('/cdn/'))).toHaveLength(1);
  });

  it('goes to the directory and the dtype that are asked for', async () => {
    const target = join(work, 'int8');
    const pulled = await runCli(['pull', `${MODEL}@v1`, target, '--dtype', 'int8']);
    expect(pulled).toMatchObject({ code: 0, stdout: Buffer.from(`${target}\n`) });
    expect((await inspectModel(target)).schema).toBe('V2');
  });

  it.each([
    [['pull', 'whisper-tiny'], /expected OWNER\/NAME/],
    [['pull', 'open/other'], /has no open\/other at main/],
    [['pull', MODEL, '--revision', 'v9'], /has no open\/demo-whisper at v9/],
  ])('%j fails in one line', async (args, message) => {
    const { code, stderr } = await runCli(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
