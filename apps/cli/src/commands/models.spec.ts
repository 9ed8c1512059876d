import type { ChildProcess } from 'node:child_process';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeHub, startFakeHub } from '@triptych/hub/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCheckpoint } from '../testing/demo-checkpoint.js';
import { type Finished, jsonLines, root, runCli, startCli } from '../testing/run-cli.js';

const MODEL = 'open/demo-whisper';
let work: string;
let hub: FakeHub;
let child: ChildProcess;
let finished: Promise<Finished>;
let address: string;
let env: Record<string, string>;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-models-'));
  await cp(join(root, 'models/demo/whisper'), join(work, 'models/w'), { recursive: true });
  hub = await startFakeHub(MODEL, await demoCheckpoint());
  env = {
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: join(work, 'hf'),
    TRIPTYCH_CACHE: join(work, 'triptych'),
  };
  const control = ['--model-control', '--model-root', join(work, 'models'), '--hub-model', 'open/*'];
  const args = ['serve', '--model', 'models/demo/whisper', '--listen', '127.0.0.1:0', ...control];
  ({ child, finished } = startCli(args, undefined, env));
  address = await addressOf(child);
});
afterAll(async () => {
  child.kill('SIGTERM');
  await finished;
  await hub.close();
  await rm(work, { recursive: true });
});

/** Where a server listens that is being started. */
async function addressOf(server: ChildProcess): Promise<string> {
  const line = await new Promise<string>((resolve) =>
    server.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString())),
  );
  return /^listening on (.+)\n/.exec(line)![1];
}

const models = (...args: string[]) => runCli(['models', ...args, '--server', address]);
const json = async (...args: string[]) => {
  const { stdout, stderr, code } = await models(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return jsonLines<{ name: string; state: string }>(stdout);
};

describe('triptych models', () => {
  it('lists, loads, reloads and unloads', async () => {
    expect(await json('load', 'w@1', '--path', 'w', '--alias', 'live')).toMatchObject([
      {
        name: 'w@1',
        version: '1',
        state: 'ready',
        aliases: ['w', 'live'],
        captions: false,
        transcribes: true,
        loads: 1,
        lastFailure: null,
      },
    ]);
    expect(await json('reload', 'live')).toMatchObject([{ name: 'w@1', loads: 2 }]);
    const table = (await models('list')).stdout.toString();
    expect(table).toMatch(/^model +state +also named +writes +memory +loads +failed +last used\n/);
    expect(table).toMatch(/^w@1 +ready +w, live +transcripts +50 MiB +2 +0 +never$/m);
    expect(await json('unload', 'w@1', '--wait')).toMatchObject([{ name: 'w@1', state: 'unloaded' }]);
    expect((await json('list')).map(({ name }) => name)).toEqual(['demo-whisper']);
    expect((await json('list', '--all')).map(({ name }) => name)).toEqual(['demo-whisper', 'w@1']);
  });

  it('loads a model of a hub that is allowed, pulled in a process of its own', async () => {
    expect(await json('load', '--hub', MODEL)).toMatchObject([{ name: MODEL, state: 'ready' }]);
    const missing = await models('load', '--hub', 'open/none');
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.stderr).toMatch(/^triptych: .*open\/none/);
    const other = await models('load', '--hub', 'closed/model');
    expect(other.stderr).toMatch(/^triptych: .*does not load closed\/model \(--hub-model\)\n$/);
  });

  it.each([
    [['load', 'x', '--path', '../w'], /without \.\. and not absolute\n$/],
    [['load', 'x', '--path', 'none'], /there is no folder "none" below a model root\n$/],
    [['load', 'nobody'], /no model "nobody"; served are demo-whisper/],
    [['unload', 'nobody'], /no model "nobody"/],
    [
      ['load', '--path', 'w', '--hub', 'a/b'],
      /option '--hub <model>' cannot be used with option '--path <path>'/,
    ],
    [['unload'], /missing required argument 'model'/],
    [['list', '--timeout-ms', '0'], /--timeout-ms/],
  ])('says what is wrong without a stack: %j', async (args, message) => {
    const { code, stderr } = await models(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n +at /);
  });

  it('says where no server is, and teaches what it does', async () => {
    const nowhere = await runCli(['models', 'list', '--server', '127.0.0.1:1']);
    expect(nowhere).toMatchObject({ code: 1 });
    expect(nowhere.stderr).toMatch(/^triptych: --server 127\.0\.0\.1:1: /);
    const { stdout } = await runCli(['models', '--help']);
    for (const word of ['list', 'load', 'unload', 'reload', '--model-control', 'clip@2 --current'])
      expect(stdout.toString()).toContain(word);
  });
});

describe('a file of models that names some of a hub', () => {
  const folder = () => join(work, 'models/w');
  const serve = (path: string) =>
    startCli(['serve', '--models', path, '--listen', '127.0.0.1:0', '--hub-model', 'open/*'], undefined, env);

  it('is served, at the start and when a line is new; one that cannot be had leaves the others', async () => {
    const path = join(work, 'models.yaml');
    await writeFile(path, `models: [{name: a, hub: ${MODEL}}]\n`);
    const server = serve(path);
    try {
      const at = await addressOf(server.child);
      const states = async () => {
        const { stdout } = await runCli(['models', 'list', '--server', at, '--json']);
        const listed = jsonLines<{ name: string; state: string }>(stdout);
        return Object.fromEntries(listed.map(({ name, state }) => [name, state]));
      };
      expect(await states()).toEqual({ a: 'ready' });
      const lines = [
        `{name: a, hub: ${MODEL}}`,
        '{name: none, hub: open/none}',
        `{name: b, hub: ${MODEL}@main, on-demand: true}`,
        `{name: c, path: ${folder()}}`,
      ];
      await writeFile(`${path}.new`, `models: [${lines.join(', ')}]\n`);
      await rename(`${path}.new`, path);
      await expect
        .poll(states, { timeout: 30_000, interval: 500 })
        .toEqual({ a: 'ready', b: 'standby', c: 'ready' });
    } finally {
      server.child.kill('SIGTERM');
    }
    const { stderr } = await server.finished;
    expect(stderr).toMatch(/"name":"none","problem":"open\/none could not be pulled: /);
  });

  it.each([
    [
      'closed/model',
      /models\.yaml:2: models\.0\.hub: this server does not load closed\/model \(--hub-model\)\n$/,
    ],
    ['open/none', /open\/none could not be pulled: .*\n$/],
  ])('ends the start where it cannot be had: %s', async (hubModel, message) => {
    const path = join(work, 'models.yaml');
    await writeFile(path, `models:\n  - {name: a, hub: ${hubModel}}\n`);
    const { code, stderr } = await serve(path).finished;
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n +at /);
  });
});
