import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { soleCaller } from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeNone, takeOver } from '../testing/taken-over.js';
import { AudioPreprocessor, type AudioStream, type WindowsReply } from './audio-preprocessor.js';

const RATE = 16_000;
const plan = { windowSamples: RATE, hopSamples: RATE, emitTail: true };
const container = { encoding: 'container' } as const;
const mulaw = { encoding: 'mulaw', sampleRate: 4001, channels: 1 } as const;
const wav = new Uint8Array(readFileSync(new URL('../../../../examples/speech/pizza-a.wav', import.meta.url)));

let preprocessor: AudioPreprocessor;
beforeAll(async () => {
  preprocessor = await AudioPreprocessor.start({ workers: 1, decodeTimeoutMs: 1000 });
});
afterAll(() => preprocessor.close());

const mine = () => ({ caller: soleCaller() });

/** All windows of what was handed over, and the last reply. */
async function pullAll(stream: AudioStream): Promise<{ spans: number[][]; last: WindowsReply }> {
  const spans: number[][] = [];
  for (;;) {
    const last = await stream.pull(2);
    spans.push(...last.windows.map(({ startSample, endSample }) => [startSample, endSample]));
    if (last.isDone) return { spans, last };
  }
}

/** µ-law at a rate that divides nothing: seconds of resampling. */
function greedyWav(): Uint8Array {
  const data = Buffer.alloc(8_000_000);
  const header = Buffer.from(wav.slice(0, 44));
  header.writeUInt16LE(7, 20);
  header.writeUInt32LE(4001, 24);
  header.writeUInt32LE(4001, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

describe('an audio preprocessor', () => {
  it('opens a stream with its first bytes, or none', async () => {
    const pcm = { encoding: 's16le', sampleRate: RATE, channels: 1 } as const;
    const [empty, unused, short] = [1, 2, 3].map(() => preprocessor.open(pcm, RATE, plan, mine()));
    empty.finish(0);
    expect(await empty.pull(1)).toMatchObject({ windows: [], samples: 0, isDone: true });
    unused.close();
    short.push(new Uint8Array(2 * RATE), 0, false);
    const { spans, last } = await pullAll(short);
    expect([spans, last.samples]).toEqual([[[0, RATE]], RATE]);
    short.finish(1);
    expect(await pullAll(short)).toMatchObject({ spans: [], last: { samples: RATE } });
    for (const stream of [empty, unused, short]) stream.close();
  });

  it('makes windows as they are pulled, no more than there is room for', async () => {
    const pcm = { encoding: 's16le', sampleRate: RATE, channels: 1 } as const;
    const stream = preprocessor.open(pcm, RATE, { ...plan, hopSamples: 160 }, mine());
    stream.push(new Uint8Array(20 * RATE), 0, false);
    const { windows, isDone, samples } = await stream.pull(3);
    expect(windows.length).toBeLessThanOrEqual(3);
    expect(isDone).toBe(false);
    expect(samples).toBeLessThanOrEqual(2 * RATE);
    expect((await pullAll(stream)).spans).toHaveLength(900 + 1 - windows.length);
    stream.close();
  });

  it('ends what takes too long, and nothing else: a stream beside it goes on', async () => {
    const stream = preprocessor.open(container, RATE, plan, mine());
    stream.push(wav.slice(0, 20_000), 0, false);
    await pullAll(stream);
    const others = [1, 2].map(() => preprocessor.open(container, RATE, plan, mine()));
    const outcomes = others.map(async (other) => {
      other.push(greedyWav(), 0, false);
      await expect(pullAll(other)).rejects.toMatchObject({ reason: 'AUDIO_DECODE_TIMEOUT' });
    });
    stream.push(wav.slice(20_000), 1, false);
    await pullAll(stream);
    await Promise.all(outcomes);
    stream.finish(2);
    expect((await pullAll(stream)).last).toMatchObject({ isDone: true, samples: (wav.length - 44) / 2 });
    for (const opened of [stream, ...others]) opened.close();
  });

  it('has what came before a container ends too early to the last sample', async () => {
    const header = Buffer.from(wav.slice(0, 44));
    header.writeUInt32LE(48_000, 24);
    header.writeUInt32LE(96_000, 28);
    header.writeUInt32LE(96_000, 40);
    const stream = preprocessor.open(container, RATE, plan, mine());
    stream.push(Buffer.concat([header, Buffer.alloc(48_000)]), 0, false);
    await pullAll(stream);
    stream.finish(1);
    const { spans, last } = await pullAll(stream);
    expect([spans, last.failure?.reason]).toEqual([[[0, 8000]], 'AUDIO_CONTAINER_LENGTH']);
    stream.close();
  });

  it('counts what decoding takes, however long making windows of it takes', async () => {
    // Six gigabytes of windows.
    const hasty = await AudioPreprocessor.start({ workers: 1, decodeTimeoutMs: 200 });
    const seconds = 60;
    const header = Buffer.from(wav.slice(0, 44));
    header.writeUInt32LE(2 * RATE * seconds, 40);
    const dense = { windowSamples: 30 * RATE, hopSamples: RATE / 100, emitTail: false };
    const stream = hasty.open(container, RATE, dense, mine());
    stream.push(Buffer.concat([header, Buffer.alloc(2 * RATE * seconds)]), 0, false);
    let windows = 0;
    for (let isDone = false; !isDone;) {
      const reply = await stream.pull(8);
      isDone = reply.isDone;
      windows += reply.windows.length;
    }
    expect(windows).toBe(3001);
    stream.close();
    await hasty.close();
  });

  it('gives everybody turns: what is short is done while what is long is in work', async () => {
    const long = preprocessor.open(mulaw, RATE, { ...plan, windowSamples: 100 * RATE }, mine());
    long.push(new Uint8Array(1_000_000), 0, false);
    let isLongDone = false;
    const longDone = pullAll(long).finally(() => (isLongDone = true));
    const request = { format: mulaw, data: new Uint8Array(4001), targetRate: RATE, maxSamples: 4 * RATE };
    for (let i = 0; i < 5; i++)
      expect((await preprocessor.clip(request, mine())).samples).toHaveLength(Math.ceil(RATE));
    expect(isLongDone).toBe(false);
    await longDone;
    long.close();
  });

  it('drops what nobody waits for any more, while it is decoded', async () => {
    const controller = new AbortController();
    const caller = soleCaller();
    const long = preprocessor.open(
      mulaw,
      RATE,
      { ...plan, windowSamples: 100 * RATE },
      {
        caller,
        signal: controller.signal,
      },
    );
    long.push(new Uint8Array(16_000_000), 0, false);
    const outcome = expect(pullAll(long)).rejects.toMatchObject({ reason: 'CANCELLED' });
    const request = { format: mulaw, data: new Uint8Array(4001), targetRate: RATE, maxSamples: 4 * RATE };
    await preprocessor.clip(request, mine());
    controller.abort();
    await outcome;
    long.close();
  });
});

describe('containers that are decoded in processes of their own', () => {
  let isolated: AudioPreprocessor;
  beforeAll(async () => {
    isolated = await AudioPreprocessor.start({ workers: 1, decodeTimeoutMs: 10_000, isolation: 'process' });
  });
  afterAll(() => isolated.close());

  /** This process's children that decode. */
  function decoders(): number[] {
    const rows = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', `${process.pid}`], { encoding: 'utf8' });
    const own = rows.split('\n').filter((row) => row.includes('audio-worker'));
    return own.map((row) => Number.parseInt(row));
  }

  const clip = () =>
    isolated.clip({ format: container, data: wav, targetRate: RATE, maxSamples: 30 * RATE }, mine());

  it('give the same samples as in a thread', async () => {
    const request = { format: container, data: wav, targetRate: RATE, maxSamples: 30 * RATE };
    const { samples } = await clip();
    expect(samples.buffer.byteLength).toBe(samples.byteLength);
    expect(samples).toEqual((await preprocessor.clip(request, mine())).samples);
  });

  it('are refused by one that answers with what is no audio', async () => {
    takeOver('turn', '{"windows":[],"isDone":true,"position":0,"spentUs":{"$number":"NaN"},"decodedMs":0}');
    try {
      const taken = await AudioPreprocessor.start({
        workers: 1,
        decodeTimeoutMs: 10_000,
        isolation: 'process',
      });
      const request = { format: container, data: wav, targetRate: RATE, maxSamples: 30 * RATE };
      await expect(taken.clip(request, mine())).rejects.toMatchObject({ reason: 'WORKER_LOST' });
      await taken.close();
    } finally {
      takeNone();
    }
  });

  it('lose what a crashed decoder held, and nothing else', async () => {
    const pcm = isolated.open({ encoding: 's16le', sampleRate: RATE, channels: 1 }, RATE, plan, mine());
    pcm.push(new Uint8Array(RATE), 0, false);
    await pullAll(pcm);
    const held = isolated.open(container, RATE, plan, mine());
    held.push(wav.slice(0, 20_000), 0, false);
    await pullAll(held);
    expect(decoders()).toHaveLength(2);
    for (const pid of decoders()) process.kill(pid, 'SIGSEGV');
    held.push(wav.slice(20_000), 1, false);
    await expect(pullAll(held)).rejects.toMatchObject({ reason: 'WORKER_LOST', retryable: true });
    // What has not begun waits for the next decoder.
    expect((await clip()).samples).toHaveLength((wav.length - 44) / 2);
    // Nor does the next decoder know what it was: it says so, and is well.
    const again = pullAll(held);
    const beside = clip();
    await expect(again).rejects.toMatchObject({ reason: 'WORKER_LOST', retryable: true });
    expect((await beside).samples).toHaveLength((wav.length - 44) / 2);
    pcm.push(new Uint8Array(2 * RATE), 1, false);
    expect((await pullAll(pcm)).spans).toEqual([[0, RATE]]);
    for (const stream of [pcm, held]) stream.close();
  });
});
