import { soleCaller } from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AudioPreprocessor } from './audio-preprocessor.js';
import { PlainClips } from './plain-clips.js';
import type { ClipStart } from './worker/protocol.js';

const RATE = 16_000;
const start: ClipStart = {
  format: { encoding: 's16le', sampleRate: RATE, channels: 1 },
  targetRate: RATE,
  maxSamples: 30 * RATE,
};
const numbers = Int16Array.from({ length: RATE }, (_, i) => (i * 7919) % 65_536);
/** Not at a multiple of two, as in a message. */
const data = Buffer.concat([Buffer.alloc(1), new Uint8Array(numbers.buffer)]).subarray(1);
const samples = Float32Array.from(numbers, (number) => number / 32_768);

let preprocessor: AudioPreprocessor;
beforeAll(async () => {
  preprocessor = await AudioPreprocessor.start({ workers: 1, decodeTimeoutMs: 1000 });
});
afterAll(() => preprocessor.close());
const clip = (bytes: Uint8Array) => preprocessor.clip({ ...start, data: bytes }, { caller: soleCaller() });

describe('clips that need nothing but a scale', () => {
  it('are decoded at once, up to a bound in a turn of the event loop', async () => {
    const plain = new PlainClips();
    expect(plain.decode(start, data)).toEqual(samples);
    let count = 1;
    while (plain.decode(start, data)) count++;
    expect(count).toBe(8);
    await new Promise((resolve) => setImmediate(resolve));
    expect(plain.decode(start, data)).toEqual(samples);
  });

  it('are the same where a worker decodes what is beyond the bound', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => clip(data)));
    expect(all.map((one) => one.samples)).toEqual(all.map(() => samples));
    expect(all.every((one) => one.samples.byteLength === one.samples.buffer.byteLength)).toBe(true);
  });

  it('are left to a worker where something is wrong with them, or more is to be done', () => {
    const plain = new PlainClips();
    const pcm = { encoding: 's16le', sampleRate: RATE, channels: 1 } as const;
    const others: Partial<ClipStart>[] = [
      { format: { encoding: 'container' } },
      { format: { ...pcm, channels: 2 } },
      { format: { ...pcm, sampleRate: 8000 } },
      { format: { ...pcm, encoding: 'f32le' } },
      { maxSamples: RATE - 1 },
    ];
    for (const other of others) expect(plain.decode({ ...start, ...other }, data)).toBeUndefined();
    for (const bytes of [0, 1001, 3000]) expect(plain.decode(start, data.subarray(0, bytes))).toBeUndefined();
  });

  it('are refused by name', async () => {
    await expect(clip(data.subarray(0, 0))).rejects.toMatchObject({ reason: 'AUDIO_EMPTY' });
    await expect(clip(data.subarray(0, 3000))).rejects.toMatchObject({ reason: 'AUDIO_TOO_SHORT' });
    await expect(clip(data.subarray(0, 10_001))).rejects.toMatchObject({ field: 'data' });
  });
});
