import { setMaxListeners } from 'node:events';
import { type Logger, silentLogger } from '@triptych/core';
import { afterEach, describe, expect, it } from 'vitest';
import { takeNone, takeOver } from '../testing/taken-over.js';
import { smallTokenizer } from './testing/small-tokenizer.js';
import { TextPreprocessor } from './text-preprocessor.js';

const vocabulary = { a: 0, 'a</w>': 1, '!</w>': 2, '!': 3, '<|startoftext|>': 4, '<|endoftext|>': 5 };
const json = smallTokenizer(vocabulary, []);
const honest = JSON.stringify(json);

/** A tokenizer with another pre-tokenizer or normalizer: what a checkpoint may bring. */
const hostile = (change: object) => JSON.stringify({ ...json, ...change });
const split = (pattern: string) => ({
  pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: true },
});
/** Backtracks over 2 ** 40 ways where no `!` follows. */
const backtracking = hostile(split('(a+)+!|[a!]'));
const trap = 'a'.repeat(40);

const open: TextPreprocessor[] = [];
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));

async function start(json: string, timeoutMs = 300, logger?: Logger): Promise<TextPreprocessor> {
  const tokenizer = { json, frame: { before: 1, after: 1 }, vocabulary: 6 };
  const preprocessor = await TextPreprocessor.start({
    name: 'test',
    tokenizer,
    timeoutMs,
    ...(logger ? { logger } : {}),
  });
  open.push(preprocessor);
  return preprocessor;
}

describe('a tokenizer', () => {
  it('ends a text that takes longer than its limit, and tokenizes what waited behind it', async () => {
    const preprocessor = await start(backtracking);
    expect((await preprocessor.tokenize('a!', 9)).ids).toHaveLength(4);
    const late = preprocessor.tokenize(trap, 9);
    const behind = Array.from({ length: 20 }, () => preprocessor.tokenize('a!', 9));
    // The worker is being ended by then, and has not yet.
    behind.push(late.catch(() => preprocessor.tokenize('a!', 9)));
    await expect(late).rejects.toMatchObject({ reason: 'TEXT_TOKENIZE_TIMEOUT' });
    for (const { ids } of await Promise.all(behind)) expect(ids).toHaveLength(4);
  });

  it('that answers with what is no tokens is replaced, and what it answered with reaches nobody', async () => {
    takeOver('tokenize', '[{"ids":[1e6],"untruncated":1,"preprocessUs":1}]');
    const preprocessor = await start(honest).finally(takeNone);
    // The one that follows is itself.
    expect((await preprocessor.tokenize('a!', 9)).ids).toHaveLength(4);
  });

  it('that answers nothing else is given up for a text', async () => {
    takeOver('tokenize', '[{"error":{"reason":"WORKER_LOST"}}]');
    try {
      const preprocessor = await start(honest);
      const refused = preprocessor.tokenize('a!', 9);
      await expect(refused).rejects.toMatchObject({ reason: 'TEXT_TOKENIZE_CRASH' });
    } finally {
      takeNone();
    }
  });

  it('that was late for several texts together takes them one by one from then on', async () => {
    const ends: unknown[] = [];
    const logger = { ...silentLogger, error: ({ err }: { err?: unknown }) => ends.push(err) };
    const preprocessor = await start(backtracking, 300, logger);
    const honest = () => preprocessor.tokenize('a!', 9).then(({ ids }) => ids.length);
    // They go in one message, and which of them it is at nobody knows: it is late once more for the one.
    const [late, ...others] = [preprocessor.tokenize(trap, 9), honest(), honest()];
    await expect(late).rejects.toMatchObject({ reason: 'TEXT_TOKENIZE_TIMEOUT' });
    expect(await Promise.all(others)).toEqual([4, 4]);
    expect(await honest()).toBe(4);
    expect(ends).toHaveLength(2);
    const again = [honest(), preprocessor.tokenize(trap, 9), honest()] as const;
    await expect(again[1]).rejects.toMatchObject({ reason: 'TEXT_TOKENIZE_TIMEOUT' });
    expect(await Promise.all([again[0], again[2], honest()])).toEqual([4, 4, 4]);
    expect(ends).toHaveLength(3);
  });

  it('of one model never stops that of another', async () => {
    const [slow, other] = await Promise.all([start(backtracking, 3000), start(honest)]);
    let isLate = false;
    const late = slow.tokenize(trap, 9).catch(() => (isLate = true));
    for (let i = 0; i < 100; i++) await other.tokenize('a a a', 9);
    expect(isLate).toBe(false);
    await late;
    expect(isLate).toBe(true);
  });

  it('whose memory runs out refuses the text, and is replaced for the others', async () => {
    const replace = { type: 'Replace', pattern: { Regex: '!' }, content: 'İ'.repeat(500_000) };
    const normalizer = { type: 'Sequence', normalizers: [replace, { type: 'Lowercase' }] };
    const causes: unknown[] = [];
    const logger = { ...silentLogger, error: ({ err }: { err?: unknown }) => causes.push(err) };
    const preprocessor = await start(hostile({ normalizer, pre_tokenizer: null }), 60_000, logger);
    // In a thread, the second step of this would end the process of this test.
    const refused = preprocessor.tokenize('!'.repeat(400), 9);
    const behind = preprocessor.tokenize('a', 9);
    await expect(refused).rejects.toMatchObject({ reason: 'TEXT_TOKENIZE_CRASH', retryable: false });
    expect((await behind).ids).toHaveLength(3);
    expect((await preprocessor.tokenize('a', 9)).ids).toHaveLength(3);
    // One line of what it said, and no dump of its heap.
    expect(causes).toContainEqual(expect.stringMatching(/^its process ended with .*: FATAL ERROR: [^\n]*$/));
  });

  it('that is killed goes on in another, with the text that it was at', async () => {
    const preprocessor = await start(backtracking, 3000);
    const late = preprocessor.tokenize(trap, 9).catch((thrown: unknown) => thrown);
    const behind = preprocessor.tokenize('a!', 9);
    process.kill(Number(preprocessor.pid), 'SIGKILL');
    expect((await behind).ids).toHaveLength(4);
    expect(await late).toMatchObject({ reason: 'TEXT_TOKENIZE_TIMEOUT' });
  });

  it('serves callers in turn, however many texts one has sent', async () => {
    const preprocessor = await start(honest);
    const order: string[] = [];
    const from = (principal: string, text: string) =>
      preprocessor
        .tokenize(text, 9, { caller: { principal, flow: principal } })
        .then(() => order.push(principal));
    const many = Array.from({ length: 60 }, () => from('greedy', 'a '.repeat(2000)));
    await Promise.all([from('modest', 'a'), ...many]);
    expect(order.indexOf('modest')).toBeLessThanOrEqual(2);
  });

  it('drops what is cancelled, or whose deadline has passed, before it costs anything', async () => {
    const preprocessor = await start(backtracking, 500);
    const late = preprocessor.tokenize(trap, 9).catch(() => 'late');
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const cancelled = Array.from({ length: 50 }, () =>
      preprocessor.tokenize(trap, 9, { signal: controller.signal }),
    );
    const passed = preprocessor.tokenize(trap, 9, { deadline: Date.now() + 100 });
    const behind = preprocessor.tokenize('a!', 9);
    controller.abort();
    for (const one of cancelled) await expect(one).rejects.toMatchObject({ reason: 'CANCELLED' });
    await expect(passed).rejects.toMatchObject({ reason: 'DEADLINE_PASSED' });
    // Each of them would have taken half a second and a worker.
    expect((await behind).ids).toHaveLength(4);
    expect(await late).toBe('late');
    await expect(preprocessor.tokenize('a', 9, { signal: controller.signal })).rejects.toMatchObject({
      reason: 'CANCELLED',
    });
  });

  it('closes soon, whatever it is at', async () => {
    const preprocessor = await start(backtracking, 60_000);
    const texts = [trap, 'a', 'a'.repeat(3000), 'a!'].map((text) => preprocessor.tokenize(text, 9));
    const outcomes = Promise.allSettled(texts);
    const since = performance.now();
    await preprocessor.close();
    expect(performance.now() - since).toBeLessThan(5000);
    expect((await outcomes).map(({ status }) => status)).toEqual(texts.map(() => 'rejected'));
    await expect(preprocessor.tokenize('a', 9)).rejects.toMatchObject({ reason: 'DRAINING' });
  });

  it('that cannot be made fails the start', async () => {
    await expect(start('{}')).rejects.toMatchObject({ reason: 'MODEL_CONFIG' });
    await expect(start('{')).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
  });
});
