import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AudioEncoding, TriptychClient } from '@triptych/client';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { sampleSpeech } from '../paths.js';
import { bin, type Finished, startProgram } from '../testing/run-cli.js';

const serve = ['serve', '--listen', '127.0.0.1:0', '--log-level', 'warn'];
const installed = [process.execPath, bin, ...serve];
const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ');

/** Passes SIGTERM on, and the exit code, as service managers do. */
const supervisor = `
  const child = require('node:child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'inherit' });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code));`;

/** A user's project with a script that serves. */
async function projectThatServes(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'package.json'), JSON.stringify({ scripts: { serve: quoted(installed) } }));
  return folder;
}

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'triptych-stopping-'));
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

interface Server {
  readonly child: ChildProcess;
  readonly address: string;
  /** Resolves once the server and all that started it have ended. */
  readonly finished: Promise<Finished>;
}

const open: Server[] = [];
afterEach(() => {
  for (const { child } of open.splice(0)) child.kill('SIGKILL');
});

/** Runs a program in a process group of its own until the server that it starts is serving. */
async function start(command: readonly string[], env?: NodeJS.ProcessEnv): Promise<Server> {
  const { child, finished } = startProgram(command, undefined, { env, detached: true });
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      const [, found] = /^listening on (.+)$/m.exec((text += chunk.toString())) ?? [];
      if (found) resolve(found);
    });
    void finished.then(({ stderr }) => reject(new Error(`no server: ${stderr}`)));
  });
  const server = { child, address, finished };
  open.push(server);
  return server;
}

/** A stream that has sent half of what it has. */
async function halfwayThrough(address: string) {
  const client = new TriptychClient(address);
  const stream = client.streamAudio();
  stream.configure({ format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER }, windowMs: 250 });
  const audio = await readFile(join(sampleSpeech, 'pizza-a.wav'));
  const half = audio.byteLength >> 1;
  await stream.send(audio.subarray(0, half));
  const answers = stream[Symbol.asyncIterator]();
  await answers.next();
  return {
    /** Sends the rest; the number of answers to it. */
    async finish(): Promise<number> {
      await stream.send(audio.subarray(half));
      stream.finish();
      let count = 0;
      while (!(await answers.next()).done) count++;
      client.close();
      return count;
    },
  };
}

async function answers(address: string): Promise<boolean> {
  const client = new TriptychClient(address, { timeoutMs: 5000 });
  try {
    return (await client.listModels()).length > 0;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

const stack = /^\s+at /m;

describe('SIGTERM to what started a server', () => {
  it.each<[string, readonly string[]]>([
    ['npx', ['npx', 'triptych', ...serve]],
    ['npm run', ['npm', 'run', 'serve', '--prefix']],
    ['a shell', ['sh', '-c', quoted(installed)]],
    ['a shell with more to do afterwards', ['sh', '-c', `${quoted(installed)}; echo afterwards`]],
    ['a shell that runs npx', ['sh', '-c', `npx triptych ${quoted(serve)}; true`]],
    ['a supervisor that runs npx', [process.execPath, '-e', supervisor, 'npx', 'triptych', ...serve]],
  ])('ends it: %s', async (what, command) => {
    const { child, finished } = await start(
      what === 'npm run' ? [...command, await projectThatServes()] : command,
    );
    child.kill('SIGTERM');
    // Nobody is left then, neither the server nor what started it.
    expect((await finished).stderr).not.toMatch(stack);
  });

  it.each<[string, readonly string[]]>([
    ['the command', installed],
    ['a supervisor', [process.execPath, '-e', supervisor, ...installed]],
  ])('ends it, with its exit code: %s', async (_what, command) => {
    const { child, finished } = await start(command);
    child.kill('SIGTERM');
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends it at once with 143, and without a word, while it still waits for a model', async () => {
    const hub = createServer().listen(0, '127.0.0.1');
    await once(hub, 'listening');
    const work = await temporaryFolder();
    const { port } = hub.address() as AddressInfo;
    const env = { HF_ENDPOINT: `http://127.0.0.1:${port}`, HF_HOME: work, TRIPTYCH_CACHE: work };
    const { child, finished } = startProgram([...installed, '--model', 'someone/model'], undefined, { env });
    await once(hub, 'request');
    child.kill('SIGTERM');
    expect((await finished).code).toBe(128 + constants.signals.SIGTERM);
    expect((await finished).stderr).not.toMatch(stack);
    hub.closeAllConnections();
    hub.close();
  });
});

describe('SIGTERM while models are loaded', () => {
  it('ends it with 143 and without a word, at whatever moment it comes: native code keeps its threads', async () => {
    const since = performance.now();
    const { child, finished } = await start(installed);
    const startMs = performance.now() - since;
    child.kill('SIGTERM');
    await finished;
    for (const part of [0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]) {
      const early = startProgram(installed, undefined, {});
      await sleep(part * startMs);
      early.child.kill('SIGTERM');
      const { code, signal, stderr } = await early.finished;
      // The first ones may not hear signals yet: SIGTERM itself ends them. The last ones may be serving already.
      expect([0, 128 + constants.signals.SIGTERM, 'SIGTERM'], stderr).toContain(code ?? signal);
      expect(stderr).toBe('');
    }
  });
});

describe('SIGKILL', () => {
  it.each<[string, readonly string[]]>([
    ['of npx', ['npx', 'triptych', ...serve]],
    ['of a shell', ['sh', '-c', `${quoted(installed)}; true`]],
    ['of a supervisor', [process.execPath, '-e', supervisor, ...installed]],
  ])('%s ends the server, in peace', async (_what, command) => {
    const { child, address, finished } = await start(command);
    const stream = await halfwayThrough(address);
    child.kill('SIGKILL');
    expect(await stream.finish()).toBeGreaterThan(1);
    expect((await finished).stderr).toMatch(/that started this server has ended: draining/);
  });
});

/** Ends its first thread alone: what SIGKILL makes of a program with several, for a moment. */
const supervisorThatEndsSlowly = `
  const { spawn } = require('node:child_process');
  spawn(process.argv[2], process.argv.slice(3), { stdio: 'inherit' });
  const syscall = require(process.argv[1]).load(null).func('long syscall(long number, long argument)');
  process.on('SIGUSR2', () => syscall(process.arch === 'x64' ? 60 : 93, 0));`;

describe('SIGKILL of a supervisor whose threads end one after another', () => {
  it('ends the server', async () => {
    const koffi = createRequire(import.meta.url).resolve('koffi');
    const command = [process.execPath, '-e', supervisorThatEndsSlowly, koffi, ...installed];
    const { child, address, finished } = await start(command);
    child.kill('SIGUSR2');
    expect(await goesOn(address)).toBe(true);
    child.kill('SIGKILL');
    expect((await finished).stderr).toMatch(/that started this server has ended: draining/);
  });
});

/** Has a program say on standard error when it listens for signals, before it goes on to load the rest of itself. */
const saysThatItListens = `--import=data:text/javascript,${encodeURIComponent(
  `process.on('newListener', (name) => name === 'SIGTERM' && setImmediate(() => process.stderr.write('listens')))`,
)}`;

describe('SIGKILL of a shell that started a server, before the server has loaded its program,', () => {
  it('ends it', async () => {
    const command = ['sh', '-c', `${quoted(installed)}; true`];
    const env = { NODE_OPTIONS: saysThatItListens };
    const { child, finished } = startProgram(command, undefined, { env, detached: true });
    await once(child.stderr!, 'data');
    child.kill('SIGKILL');
    const ended = await Promise.race([finished, sleep(20_000, 'goes on', { ref: false })]);
    if (ended === 'goes on') process.kill(-child.pid!, 'SIGKILL');
    expect(ended).toMatchObject({ stdout: Buffer.alloc(0), stderr: 'listens' });
  });
});

describe('a signal to the whole group', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('counts once: %s', async (signal) => {
    const { child, address, finished } = await start(installed);
    const stream = await halfwayThrough(address);
    process.kill(-child.pid!, signal);
    await expect.poll(() => answers(address), { timeout: 10_000 }).toBe(false);
    expect(await stream.finish()).toBeGreaterThan(1);
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends it at once when it comes again', async () => {
    const { child, address, finished } = await start(installed);
    await halfwayThrough(address);
    process.kill(-child.pid!, 'SIGINT');
    await expect.poll(() => answers(address), { timeout: 10_000 }).toBe(false);
    process.kill(-child.pid!, 'SIGINT');
    expect(await finished).toMatchObject({ code: 128 + constants.signals.SIGINT, stderr: '' });
  });
});

describe('a server in the background', () => {
  it('outlives the script that started it and did something else', async () => {
    const work = await temporaryFolder();
    const done = join(work, 'done');
    const script = `${quoted(installed)} & until [ -e ${done} ]; do sleep 0.1; done`;
    const { child, address, finished } = await start(['sh', '-c', script]);
    await writeFile(done, '');
    await once(child, 'exit');
    expect(await goesOn(address)).toBe(true);
    process.kill(-child.pid!, 'SIGTERM');
    expect((await finished).stderr).toBe('');
  });

  it('outlives what started it in a session of its own', async () => {
    const { child, address, finished } = await start(['setsid', '--wait', ...installed]);
    const command = Number(await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(await goesOn(address)).toBe(true);
    process.kill(command, 'SIGTERM');
    expect((await finished).stderr).toBe('');
  });
});

/** True where it still answers once it would have noticed that somebody has ended. */
async function goesOn(address: string): Promise<boolean> {
  for (let look = 0; look < 5; look++) {
    await sleep(250);
    if (!(await answers(address))) return false;
  }
  return true;
}
