import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageSource } from '@triptych/validation';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { takeNone, takeOver } from '../../testing/taken-over.js';
import { ImagePreprocessor } from '../image-preprocessor.js';
import { readImageRecipe } from '../recipe.js';

const recipe = readImageRecipe({}, 32);
let images: ImagePreprocessor;
afterEach(() => images.close());

/** One that takes a second, and one that takes some milliseconds. */
let large: ImageSource;
let small: ImageSource;
beforeAll(async () => {
  const plain = (size: number) =>
    sharp({ create: { width: size, height: size, channels: 3, background: '#336699' } });
  large = { kind: 'encoded', data: await plain(2900).avif({ effort: 0 }).toBuffer() };
  small = { kind: 'encoded', data: await plain(64).png().toBuffer() };
});

const start = async (options: { decodeTimeoutMs?: number; workers?: number } = {}) =>
  (images = await ImagePreprocessor.start({
    workers: 1,
    decodeTimeoutMs: 30_000,
    maxPixels: 50_000_000,
    ...options,
  }));
const caller = (principal: string) => ({ caller: { principal, flow: 0 } });

/** The decoders of this process. */
function decoders(): number[] {
  return readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** Fields of a process's stat behind its name. */
const stat = (pid: number) =>
  readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];

/** A decoder of large images has stepped back. */
const isLarge = (pid: number) => Number(stat(pid)[16]) > 0;

/** More memory than a decoder has before it decodes a large image, in pages. */
const AT_WORK_PAGES = 110_000_000 / 4096;

/** The process that decodes a large image now. */
async function largeDecoder(): Promise<number> {
  const isAtWork = (pid: number) => isLarge(pid) && Number(stat(pid)[21]) > AT_WORK_PAGES;
  let pid: number | undefined;
  for (; pid === undefined; pid = decoders().find(isAtWork)) await sleep(5);
  return pid;
}

const isRunning = (pid: number) => decoders().includes(pid);

async function ends(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(10);
}

describe('image decoders', () => {
  it('lose nothing when one crashes: what it held is decoded by another, and the others go on', async () => {
    await start();
    const held = images.prepare(large, recipe);
    const pid = await largeDecoder();
    const others = Array.from({ length: 20 }, () => images.prepare(small, recipe));
    process.kill(pid, 'SIGSEGV');
    await Promise.all(others);
    expect((await held).pixels).toHaveLength(32 * 32 * 3);
    expect(isRunning(pid)).toBe(false);
  });

  it('refuse an image that three of them ended on', async () => {
    await start();
    const held = images.prepare(large, recipe);
    const refused = expect(held).rejects.toMatchObject({ reason: 'IMAGE_CORRUPT', field: 'encoded' });
    for (let i = 0; i < 3; i++) {
      const pid = await largeDecoder();
      process.kill(pid, 'SIGSEGV');
      await ends(pid);
    }
    await refused;
    await images.prepare(small, recipe);
  });

  it('refuse an image that three of them answered with something else', async () => {
    takeOver('prepare', '{"pixels":{"$array":["Uint8Array",0,3]},"preprocessUs":1}');
    try {
      await start();
      const refused = await images.prepare(small, recipe).catch((thrown: unknown) => thrown);
      expect(refused).toMatchObject({
        reason: 'IMAGE_CORRUPT',
        cause: { message: 'its process answered with what is no image' },
      });
    } finally {
      takeNone();
    }
  });

  it('stop decoding a large image whose caller has gone, and drop what waits', async () => {
    await start();
    const gone = new AbortController();
    const calls = Array.from({ length: 8 }, () =>
      images.prepare(large, recipe, { ...caller('gone'), signal: gone.signal }),
    );
    const ended = Promise.allSettled(calls);
    const pid = await largeDecoder();
    gone.abort();
    expect((await ended).every(({ status }) => status === 'rejected')).toBe(true);
    await ends(pid);
    await images.prepare(large, recipe);
  });

  it('end what takes too long, and nothing else', async () => {
    await start({ decodeTimeoutMs: 100 });
    const slow = images.prepare(large, recipe);
    const refused = expect(slow).rejects.toMatchObject({ reason: 'IMAGE_DECODE_TIMEOUT' });
    await Promise.all(Array.from({ length: 40 }, () => images.prepare(small, recipe)));
    await refused;
  });

  it('let small images pass large ones', async () => {
    await start();
    const done: string[] = [];
    const prepare = async (name: string, source: ImageSource) => {
      await images.prepare(source, recipe, caller(name));
      done.push(name);
    };
    const first = Array.from({ length: 3 }, () => prepare('large', large));
    await largeDecoder();
    await Promise.all([...first, prepare('small', small)]);
    expect(done[0]).toBe('small');
  });

  it('take turns among callers', async () => {
    await start();
    const done: string[] = [];
    const prepare = async (name: string) => {
      await images.prepare(small, recipe, caller(name));
      done.push(name);
    };
    const greedy = Array.from({ length: 50 }, () => prepare('greedy'));
    await Promise.all([...greedy, prepare('modest')]);
    expect(done.indexOf('modest')).toBeLessThan(5);
  });

  it('are not deceived by a size that is told late', async () => {
    await start();
    const [noise, size] = [Buffer.from(Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)), 2000];
    const jpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 1 } })
      .resize(size, size)
      .jpeg()
      .toBuffer();
    const comment = Buffer.from([0xff, 0xfe, 0, 2]);
    const late = Buffer.concat([jpeg.subarray(0, 2), ...Array<Buffer>(1200).fill(comment), jpeg.subarray(2)]);
    const [expected, found] = await Promise.all(
      [jpeg, late].map((data) => images.prepare({ kind: 'encoded', data }, recipe)),
    );
    expect(found.pixels).toEqual(expected.pixels);
  });

  it('refuse a little that would take much', async () => {
    await start();
    const data = await sharp({ create: { width: 7000, height: 7000, channels: 3, background: 'red' } })
      .webp({ lossless: true, effort: 0 })
      .toBuffer();
    expect(data.length).toBeLessThan(100);
    await expect(images.prepare({ kind: 'encoded', data }, recipe)).rejects.toMatchObject({
      reason: 'IMAGE_TOO_LARGE',
      field: 'encoded',
    });
  });

  it('leave no process behind', async () => {
    await start();
    await Promise.all([images.prepare(small, recipe), images.prepare(large, recipe)]);
    expect(decoders().length).toBeGreaterThan(1);
    await images.close();
    expect(decoders()).toEqual([]);
  });
});
