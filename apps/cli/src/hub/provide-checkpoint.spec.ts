import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AudioEncoding, ModelState, TriptychClient } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDemoCheckpoint } from '../testing/demo-checkpoint.js';
import { root, runCli, startCli, startProgram } from '../testing/run-cli.js';
import { convertOnce } from './convert-once.js';
import { pidSpace } from './file-lock.js';
import { checkpointName } from './provide-checkpoint.js';

let work: string;
let checkpoint: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-checkpoint-'));
  process.env['TRIPTYCH_CACHE'] = join(work, 'cache');
  checkpoint = join(work, 'openai', 'whisper-own');
  await writeDemoCheckpoint(checkpoint);
});
afterAll(async () => {
  delete process.env['TRIPTYCH_CACHE'];
  await rm(work, { recursive: true });
});

/** Serves, asks what is served, and ends. */
async function served(...models: string[]) {
  const flags = models.flatMap((model) => ['--model', model]);
  const { child, finished } = startCli([
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--log-level',
    'error',
    ...flags,
  ]);
  const line = await new Promise<string>((resolve) => {
    child.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    void finished.then(({ stderr }) => resolve(stderr));
  });
  const [, address] = /^listening on (.+)\n$/.exec(line) ?? [];
  if (address === undefined) throw new Error(line);
  const client = new TriptychClient(address);
  const [model] = await client.listModels();
  client.close();
  child.kill('SIGTERM');
  const { code, stderr } = await finished;
  expect(code).toBe(0);
  return { model, stderr };
}

/** Converts it in a process of its own, which uses it no longer. */
async function converted(directory: string): Promise<string> {
  const module = new URL('../../dist/hub/provide-checkpoint.js', import.meta.url);
  const program = `
    import { provideCheckpoint } from ${JSON.stringify(module)};
    console.log(await provideCheckpoint(${JSON.stringify(directory)}));`;
  const { finished } = startProgram([process.execPath, '--input-type=module', '--eval', program]);
  return (await finished).stdout.toString().trim();
}

describe('a HuggingFace checkpoint directory', () => {
  it('is served by the name of its folder, converted once, and anew when it has changed', async () => {
    const first = await served(checkpoint);
    expect(first.model).toMatchObject({ name: 'whisper-own', weightType: 'float16' });
    expect(first.stderr).toMatch(/^triptych: converting .+whisper-own once; the result is kept in .+\n$/);
    const second = await served(`tiny=${checkpoint}`);
    expect(second).toMatchObject({
      stderr: '',
      model: { name: 'tiny', fingerprint: first.model.fingerprint },
    });
    await writeDemoCheckpoint(checkpoint, 0.5);
    const third = await served(checkpoint);
    expect(third.stderr).toMatch(/converting/);
    expect(third.model.fingerprint).not.toBe(first.model.fingerprint);
  });

  it('that is one of two with the same folder name is not taken for the other', async () => {
    const other = join(work, 'else', 'whisper-own');
    await writeDemoCheckpoint(other, 0.5);
    expect(await converted(other)).not.toBe(await converted(checkpoint));
  });

  /** Converts it as of that day. */
  const convertedOn = async (day: number) => {
    const then = new Date(2020, 0, day);
    await utimes(join(checkpoint, 'model.safetensors'), then, then);
    return converted(checkpoint);
  };

  it('leaves two conversions behind, however often it changes', async () => {
    const folder = dirname(await convertedOn(1));
    for (const day of [2, 3, 4]) expect(existsSync(await convertedOn(day))).toBe(true);
    expect(await readdir(folder)).toHaveLength(2);
    // What a killed process left to say that it may load one again.
    const mark = `${await convertedOn(4)}.used-by-a-killed-process`;
    await writeFile(mark, '');
    await utimes(mark, new Date(0), new Date(0));
    await convertedOn(4);
    expect(existsSync(mark)).toBe(false);
  });

  it('keeps the conversion that a server on standby loads again', async () => {
    const flags = ['--listen', '127.0.0.1:0', '--log-level', 'error', '--model-idle-ms', '300'];
    const server = startCli(['serve', '--model', checkpoint, ...flags]);
    const [line] = (await once(server.child.stdout!, 'data')) as [Buffer];
    const client = new TriptychClient(/^listening on (.+)\n$/.exec(line.toString())?.[1] ?? '');
    try {
      const wav = await readFile(join(root, 'examples/speech/pizza-a.wav'));
      const format = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
      const encode = async () => (await client.encodeAudio({ clips: [{ format, data: wav }] })).stamp;
      const before = await encode();
      const states = async () => (await client.listModels(true)).map(({ state }) => state);
      await expect.poll(states, { timeout: 5000 }).toEqual([ModelState.MODEL_STATE_STANDBY]);
      for (const day of [5, 6, 7]) await convertedOn(day);
      expect(await encode()).toEqual(before);
    } finally {
      client.close();
      server.child.kill('SIGTERM');
      await server.finished;
    }
    // And not for longer.
    const folder = dirname(await convertedOn(8));
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('has the name of the hub where it lies in the cache of its tools', () => {
    expect(checkpointName('/h/hub/models--openai--whisper-tiny/snapshots/0123')).toBe('openai/whisper-tiny');
    expect(checkpointName('/models/clip')).toBe('clip');
  });

  it('says so where its conversion cannot be kept', async () => {
    const env = { TRIPTYCH_CACHE: join(checkpoint, 'config.json') };
    const { finished } = startCli(
      ['serve', '--listen', '127.0.0.1:0', '--model', checkpoint],
      undefined,
      env,
    );
    const { code, stderr } = await finished;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^triptych: the cache of converted models cannot be written \(.+\); name another folder with TRIPTYCH_CACHE/,
    );
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('is taken by other commands, too', async () => {
    const { code, stdout } = await runCli(['encode', 'examples/speech/pizza-a.wav', '--model', checkpoint]);
    expect(code).toBe(0);
    expect(stdout.toString()).toContain('"embedding"');
  });
});

describe('a conversion that several processes want', () => {
  const target = () => join(work, 'cache', `made-${Math.random().toString(36).slice(2)}`);

  it('is made once, and the others wait for it', async () => {
    const path = target();
    let made = 0;
    const make = async () => {
      made++;
      await sleep(300);
      await mkdir(path);
    };
    await Promise.all([1, 2, 3].map(() => convertOnce(path, make)));
    expect(made).toBe(1);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('is made by the next one where the first one fails', async () => {
    const path = target();
    const fail = async () => {
      await sleep(100);
      throw new TypeError('disk full');
    };
    const [failed, made] = await Promise.allSettled([
      convertOnce(path, fail),
      sleep(50).then(() => convertOnce(path, () => mkdir(path))),
    ]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'disk full' } });
    expect(made.status).toBe('fulfilled');
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  const here = () => ({ host: hostname(), space: pidSpace(), id: 'some' });

  it.each<[string, () => object]>([
    ['has ended', () => ({ pid: endedPid(), ...here() })],
    ['had the PID of this one', () => ({ pid: process.pid, ...here() })],
  ])('does not wait for a process that %s', async (_what, holder) => {
    const path = target();
    await writeFile(`${path}.lock`, JSON.stringify(holder()));
    const started = performance.now();
    await convertOnce(path, () => mkdir(path));
    expect(existsSync(path)).toBe(true);
    // What shows no sign of life is waited for longer.
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('waits for the sign of life of a process whose PID says nothing here', async () => {
    const path = target();
    const other = { pid: endedPid(), host: hostname(), space: 'another container', id: 'some' };
    await writeFile(`${path}.lock`, JSON.stringify(other));
    let isMade = false;
    const waiting = convertOnce(path, () => Promise.resolve((isMade = true)));
    await sleep(600);
    expect(isMade).toBe(false);
    await mkdir(path);
    await waiting;
  });

  it('leaves the lock of whoever took it over', async () => {
    const path = target();
    await convertOnce(path, async () => {
      await writeFile(`${path}.lock`, 'of another');
      await mkdir(path);
    });
    expect(await readFile(`${path}.lock`, 'utf8')).toBe('of another');
  });
});

function endedPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}
