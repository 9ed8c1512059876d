import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TriptychClient } from '@triptych/client';
import { isRunning } from '@triptych/core';
import { convertCheckpoint } from '@triptych/model-families';
import { clipJson, smallClip, writeSyntheticCheckpoint } from '@triptych/reference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, serveDemo } from '../../testing/harness.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-hostile-'));
});
afterAll(() => rm(work, { recursive: true }));

/** A model whose tokenizer has steps of its own. */
async function hostileModel(name: string, change: object): Promise<string> {
  const json = JSON.parse(await readFile(join(demoClip, 'tokenizer.json'), 'utf8')) as object;
  const tokenizer = JSON.stringify({ ...json, ...change });
  const source = join(work, `${name}-hf`);
  await writeSyntheticCheckpoint(source, clipJson(smallClip), { 'tokenizer.json': tokenizer });
  const target = join(work, name);
  await convertCheckpoint({ source, target, dtype: 'float32', modelName: name, converterVersion: '1' });
  return target;
}

/** It tries 2 ** 40 ways of a text of 41 characters. */
const backtracking = {
  pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+!' }, behavior: 'Removed', invert: true },
};

/** It makes 200 MB of a text of 400 characters, and then as much again. */
const swelling = {
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Replace', pattern: { Regex: '!' }, content: 'İ'.repeat(500_000) },
      { type: 'Lowercase' },
    ],
  },
};

describe('a model whose tokenizer never ends', () => {
  it('fails the text, delays no other model, and does not keep the server from stopping', async () => {
    const models = [demoClip, await hostileModel('hostile', backtracking)];
    const { client, server } = await serveDemo({ models, tokenizeTimeoutMs: 5000, drainMs: 0 });
    const trap = `${'a'.repeat(40)} `;
    const bad = client.encodeTexts({ model: 'hostile', texts: [trap, 'b'] });
    let isOver = false;
    void bad.finally(() => (isOver = true));
    for (let i = 0; i < 5; i++) await client.encodeTexts({ texts: ['pizza'] });
    expect(isOver).toBe(false);
    const { results } = await bad;
    expect(results.map(({ error }) => error?.reason)).toEqual(['TEXT_TOKENIZE_TIMEOUT', undefined]);
    const held = client.encodeTexts({ model: 'hostile', texts: [trap] }).catch(() => undefined);
    await client.encodeTexts({ texts: ['pizza'] });
    const since = performance.now();
    await server.drain();
    expect(performance.now() - since).toBeLessThan(6000);
    await held;
    client.close();
  });

  it.runIf(process.platform === 'linux')('leaves no process behind where the server is killed', async () => {
    const index = new URL('../../../dist/index.js', import.meta.url);
    const flags = { models: [await hostileModel('endless', backtracking)], listen: '127.0.0.1:0' };
    const program = `
      import { createLogger, readConfig, startServer } from ${JSON.stringify(index)};
      const config = readConfig(${JSON.stringify({ ...flags, logLevel: 'silent' })}, {});
      console.log((await startServer(config, createLogger('silent'))).address);`;
    const server = spawn(process.execPath, ['--input-type=module', '--eval', program]);
    const [address] = (await once(server.stdout, 'data')) as [Buffer];
    const children = childrenOf(server.pid);
    const client = new TriptychClient(address.toString().trim());
    const lost = client.encodeTexts({ texts: [`${'a'.repeat(40)} `] }).catch(() => undefined);
    const busy = () => children.filter((pid) => processorMs(pid) > 1000);
    try {
      await expect.poll(busy, { timeout: 10_000 }).toHaveLength(1);
      server.kill('SIGKILL');
      await expect.poll(() => children.filter(isRunning)).toEqual([]);
      await lost;
    } finally {
      client.close();
      for (const pid of [Number(server.pid), ...children].filter(isRunning)) process.kill(pid, 'SIGKILL');
    }
  });
});

function childrenOf(pid: number | undefined): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  // In ticks of 10 ms, since the process was started.
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

describe('a model whose tokenizer takes all memory', () => {
  it('fails the text by name, while other texts and other models go on', async () => {
    const models = [demoClip, await hostileModel('swelling', swelling)];
    const test = await serveDemo({ models, tokenizeTimeoutMs: 60_000 });
    const { client } = test;
    const bad = client.encodeTexts({ model: 'swelling', texts: ['pizza', '!'.repeat(400), 'volcano'] });
    let isOver = false;
    void bad.finally(() => (isOver = true));
    for (let i = 0; i < 5; i++) {
      const { results } = await client.encodeTexts({ texts: ['pizza'] });
      expect(results[0].embedding).toBeTruthy();
    }
    expect(isOver).toBe(false);
    const { results } = await bad;
    expect(results.map(({ error }) => error && [error.code, error.reason, error.retryable])).toEqual([
      undefined,
      [3, 'TEXT_TOKENIZE_CRASH', false],
      undefined,
    ]);
    await test.close();
  });
});
