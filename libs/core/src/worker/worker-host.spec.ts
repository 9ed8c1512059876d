import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { TriptychError } from '../errors/triptych-error.js';
import type { Isolation } from './channel.js';
import { workerEntry } from './worker-entry.js';
import { WorkerHost } from './worker-host.js';

let host: WorkerHost;
afterEach(() => host.close());

/** How long what follows is. */
function header(bytes: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(bytes);
  return header;
}

const frame = (body: Buffer) => Buffer.concat([header(body.length), body]);

/** A frame of an answer without arrays. */
function answer(json: string): Buffer {
  return frame(Buffer.concat([header(json.length), header(0), Buffer.from(json)]));
}

const entry = workerEntry(import.meta.url, './testing/echo-worker.js');
const start = (options: { restart?: boolean; isolation?: Isolation } = {}) =>
  WorkerHost.start({ entry, name: 'echo', init: (call) => call('prepare', 'ready'), ...options });

async function becomesReady(): Promise<void> {
  const until = Date.now() + 5000;
  while (!host.ready && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(host.ready).toBe(true);
}

describe.each<Isolation>(['thread', 'process'])('a worker host, its worker in a %s', (isolation) => {
  it('answers calls after it was prepared', async () => {
    host = await start({ isolation });
    expect(await host.call('echo', { a: 1 })).toEqual(['ready', { a: 1 }]);
  });

  it('ends with a start that is cancelled, whatever it is at', async () => {
    const cancel = new AbortController();
    let pid = 0;
    const init = async (call: WorkerHost['call']) => {
      pid = await call('pid', null);
      setTimeout(() => cancel.abort(new TriptychError('DRAINING', 'over')), 10);
      await call('hang', null);
    };
    const starting = WorkerHost.start({ entry, name: 'echo', isolation, init, signal: cancel.signal });
    await expect(starting).rejects.toMatchObject({ reason: 'DRAINING' });
    if (isolation === 'process') expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
    const late = WorkerHost.start({ entry, name: 'echo', isolation, init, signal: cancel.signal });
    await expect(late).rejects.toMatchObject({ reason: 'DRAINING' });
  });

  it.runIf(process.platform === 'linux')(
    'leaves no file open that it was reading when its start was cancelled',
    { timeout: 60_000 },
    async () => {
      host = await start({ isolation });
      const openFiles = () => readdirSync('/proc/self/fd').length;
      const before = openFiles();
      // Side by side, so that files wait to be opened.
      const cancelled = async (afterMs: number) => {
        const cancel = new AbortController();
        const init = (call: WorkerHost['call']) => call('hang', null);
        setTimeout(() => cancel.abort(new TriptychError('DRAINING', 'over')), afterMs);
        const starting = WorkerHost.start({ entry, name: 'echo', isolation, init, signal: cancel.signal });
        await expect(starting).rejects.toMatchObject({ reason: 'DRAINING' });
      };
      for (let round = 0; round < 10; round++)
        await Promise.all(Array.from({ length: 8 }, (_, i) => cancelled(10 * round + 5 * i)));
      await expect.poll(openFiles, { timeout: 5000 }).toBeLessThanOrEqual(before);
    },
  );

  it('passes on refusals, and hides faults behind a plain text', async () => {
    host = await start({ isolation });
    await expect(host.call('refuse', null)).rejects.toMatchObject({ reason: 'AUDIO_EMPTY', field: 'data' });
    await expect(host.call('fault', null)).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: 'internal error',
    });
  });

  it('rejects what a dead worker held as retryable, then restarts and prepares it', async () => {
    host = await start({ isolation, restart: true });
    const held = host.call('hang', null);
    const states: boolean[] = [];
    host.onReadyChange = (ready) => states.push(ready);
    await host.kill();
    await expect(held).rejects.toMatchObject({ reason: 'WORKER_LOST', retryable: true });
    await expect(host.call('echo', 1)).rejects.toMatchObject({ reason: 'NOT_READY' });
    await becomesReady();
    expect(await host.call('echo', 1)).toEqual(['ready', 1]);
    expect(states).toEqual([false, true]);
    expect(host.restarts).toBe(1);
  });

  it('tries again where the system has nothing left to begin another with', async () => {
    let failures = 0;
    const options = {
      entry,
      name: 'echo',
      isolation,
      restart: true,
      // Read each time one is begun.
      get memoryMb() {
        if (failures-- > 0) throw new Error('spawn ENOMEM');
        return undefined;
      },
    };
    host = await WorkerHost.start(options);
    failures = 3;
    await host.kill();
    await becomesReady();
    expect(host.restarts).toBe(4);
    expect(await host.call('echo', 1)).toEqual(['', 1]);
  });

  it('replaces one that dies while it is being prepared once that has ended, and asks no other in its stead', async () => {
    let begun = 0;
    let told: (outcome: unknown) => void;
    const late = new Promise((resolve) => (told = resolve));
    const init = async (call: WorkerHost['call']) => {
      const isSecond = ++begun === 2;
      if (isSecond) {
        void host.kill();
        await sleep(500);
      }
      const prepared = call('prepare', `${begun}`);
      if (isSecond) told(prepared.catch((thrown: unknown) => thrown));
      await prepared;
    };
    host = await WorkerHost.start({ entry, name: 'echo', isolation, init, restart: true });
    await host.kill();
    expect(await late).toMatchObject({ reason: 'WORKER_LOST' });
    await becomesReady();
    expect(await host.call('echo', 1)).toEqual(['3', 1]);
    expect(host.restarts).toBe(2);
  });

  it('survives a worker that ends itself', async () => {
    host = await start({ isolation, restart: true });
    await expect(host.call('crash', null)).rejects.toMatchObject({ reason: 'WORKER_LOST' });
    await becomesReady();
  });

  it('ends a call that takes longer than its limit', async () => {
    host = await start({ isolation, restart: true });
    await expect(
      host.call('hang', null, { timeout: { ms: 50, reason: 'AUDIO_DECODE_TIMEOUT' } }),
    ).rejects.toMatchObject({
      reason: 'AUDIO_DECODE_TIMEOUT',
    });
    await becomesReady();
  });

  it('counts of a call the time that the worker is at it, not at the calls before it', async () => {
    host = await start({ isolation, restart: true });
    const timeout = { ms: 500, reason: 'AUDIO_DECODE_TIMEOUT' } as const;
    await Promise.all([1, 2, 3].map(() => host.call('sleep', 250, { timeout })));
    const [first, second] = [host.call('hang', null, { timeout }), host.call('sleep', 0, { timeout })];
    await expect(first).rejects.toMatchObject({ reason: 'AUDIO_DECODE_TIMEOUT' });
    await expect(second).rejects.toMatchObject({ reason: 'WORKER_LOST' });
    await becomesReady();
  });
});

describe('a program that is no file', () => {
  it.each<Isolation>(['thread', 'process'])('may start a worker in a %s', async (isolation) => {
    const index = workerEntry(import.meta.url, '../index.js');
    const program = `
      import { WorkerHost } from '${index.href}';
      const host = await WorkerHost.start({ entry: new URL('${entry.href}'), name: 'echo', isolation: '${isolation}' });
      console.log(JSON.stringify(await host.call('echo', 1)));
      await host.close();`;
    const node = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    expect(await node).toMatchObject({ stdout: '["",1]\n' });
  });
});

describe('a worker in a process of its own', () => {
  it('ignores signals that are meant for the server, and ends by SIGKILL or with its host', async () => {
    host = await start({ isolation: 'process', restart: true });
    const pid = (await host.call<number>('pid', null)) ?? 0;
    expect(pid).not.toBe(process.pid);
    process.kill(pid, 'SIGTERM');
    process.kill(pid, 'SIGINT');
    expect(await host.call('echo', 1)).toEqual(['ready', 1]);
    const held = host.call('hang', null);
    process.kill(pid, 'SIGKILL');
    await expect(held).rejects.toMatchObject({ reason: 'WORKER_LOST' });
    await becomesReady();
    const second = await host.call<number>('pid', null);
    await host.close();
    expect(() => process.kill(second, 0)).toThrow('ESRCH');
  });

  it.each([
    ['null', answer('null')],
    ['a text', answer('"words"')],
    ['no number of a call', answer('{"id":"none"}')],
    ['no error', answer('{"id":1,"error":null}')],
    ['an error of no reason', answer('{"id":1,"error":{"reason":"toString","message":""}}')],
    ['an error of no message', answer('{"id":1,"error":{"reason":"INTERNAL"}}')],
    ['what nobody has asked', answer('{"id":999}')],
    ['no JSON', answer('words')],
    ['an array that is not there', answer('{"id":1,"result":{"$array":["Float64Array",0,1]}}')],
    ['less than any answer has', frame(Buffer.alloc(3))],
    ['nothing', frame(Buffer.alloc(0))],
    ['more than is read', header(2 ** 32 - 1)],
  ])('is ended where it sends %s', async (_, bytes) => {
    host = await start({ isolation: 'process', restart: true });
    const error = await host.call('babble', bytes).catch((thrown: unknown) => thrown);
    const cause = expect.stringContaining('its process sent what is no answer: ') as string;
    expect(error).toMatchObject({ reason: 'WORKER_LOST', cause });
    await becomesReady();
    expect(await host.call('echo', 1)).toEqual(['ready', 1]);
  });

  it('is ended where its answer is longer than is wanted', async () => {
    const answerLimits = { headBytes: 1000, arrayBytes: 1000 };
    host = await WorkerHost.start({ entry, name: 'echo', isolation: 'process', restart: true, answerLimits });
    for (const long of [new Uint8Array(1001), 'x'.repeat(1001)]) {
      await expect(host.call('echo', long)).rejects.toMatchObject({ reason: 'WORKER_LOST' });
      await becomesReady();
    }
    expect(await host.call('echo', new Uint8Array(1000))).toEqual(['', new Uint8Array(1000)]);
  });

  it('is replaced once it has ended, whoever else still holds its pipe', { timeout: 5000 }, async () => {
    host = await start({ isolation: 'process', restart: true });
    const heir = await host.call<number>('passOn', null);
    try {
      const [held, lost] = [host.call('hang', null), host.kill()];
      await expect(held).rejects.toMatchObject({ reason: 'WORKER_LOST' });
      await lost;
      await becomesReady();
    } finally {
      process.kill(heir);
    }
  });

  it('refuses a call that cannot be sent, and waits for no answer to it', async () => {
    host = await start({ isolation: 'process' });
    await expect(host.call('echo', () => 1)).rejects.toMatchObject({ reason: 'INTERNAL' });
    const started = performance.now();
    await host.close();
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('is ended where it hears no calls any more', async () => {
    host = await start({ isolation: 'process', restart: true });
    await expect(host.call('hangUp', null)).rejects.toMatchObject({ reason: 'WORKER_LOST' });
    await becomesReady();
  });

  it('says why the system starts none', async () => {
    host = await start({ isolation: 'process' });
    const { execPath } = process;
    process.execPath = '/no/such/node';
    try {
      await expect(start({ isolation: 'process' })).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
    } finally {
      process.execPath = execPath;
    }
  });

  it('gets buffers whole', async () => {
    host = await start({ isolation: 'process' });
    const bytes = new Uint8Array(40_000_000).map((_, i) => i % 251);
    const [, back] = await host.call<[string, Uint8Array]>('echo', bytes);
    expect(Buffer.compare(back, bytes)).toBe(0);
  });
});

describe("a worker's process", () => {
  it('is given what libraries need of the environment, and no secret', async () => {
    process.env['TRIPTYCH_TOKEN_OF_A_TEST'] = 'secret';
    process.env['ORT_OF_A_TEST'] = '1';
    try {
      host = await start({ isolation: 'process' });
      const environment = await host.call<NodeJS.ProcessEnv>('environment', null);
      expect(environment).toMatchObject({ ORT_OF_A_TEST: '1' });
      expect(Object.keys(environment)).not.toContain('TRIPTYCH_TOKEN_OF_A_TEST');
    } finally {
      delete process.env['TRIPTYCH_TOKEN_OF_A_TEST'];
      delete process.env['ORT_OF_A_TEST'];
    }
  });
});
