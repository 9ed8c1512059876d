import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AudioPreprocessor, type AudioStream } from './audio-preprocessor.js';

const RATE = 16_000;
const plan = { windowSamples: RATE, hopSamples: RATE, emitTail: true };
const container = { encoding: 'container' } as const;
const wav = new Uint8Array(readFileSync(new URL('../../../../examples/speech/pizza-a.wav', import.meta.url)));

let preprocessor: AudioPreprocessor;
beforeAll(async () => {
  preprocessor = await AudioPreprocessor.start({ workers: 1, decodeTimeoutMs: 300 });
});
afterAll(() => preprocessor.close());

/** A stream whose first bytes have been taken: by a worker that has just started they may take too long. */
async function started(): Promise<AudioStream> {
  for (;;) {
    const stream = preprocessor.open(container, RATE, plan);
    const reply = await stream.push(wav.slice(0, 20_000), 0, false).catch(() => undefined);
    if (reply) return stream;
    stream.close();
  }
}

describe('an audio preprocessor', () => {
  it('opens a stream with its first bytes, or none', async () => {
    const pcm = { encoding: 's16le', sampleRate: RATE, channels: 1 } as const;
    const [empty, unused, short] = [1, 2, 3].map(() => preprocessor.open(pcm, RATE, plan));
    expect(await empty.finish(0)).toMatchObject({ windows: [], samples: 0 });
    unused.close();
    const first = await short.push(new Uint8Array(2 * RATE), 0, false);
    const last = await short.finish(1);
    expect([first, last].map(({ windows, samples }) => [windows.length, samples])).toEqual([
      [1, RATE],
      [0, RATE],
    ]);
    for (const stream of [empty, unused, short]) stream.close();
  });

  it('says that a stream was lost when the bytes of another ended their decoder', async () => {
    const stream = await started();
    // A minute of 8 channels at 192 kHz: longer to decode than a piece may take.
    const data = Buffer.alloc(192_000 * 16 * 60);
    const header = Buffer.from(wav.slice(0, 44));
    header.writeUInt16LE(8, 22);
    header.writeUInt32LE(192_000, 24);
    header.writeUInt32LE(192_000 * 16, 28);
    header.writeUInt16LE(16, 32);
    header.writeUInt32LE(data.length, 40);
    const greedy = Buffer.concat([header, data]);
    const other = preprocessor.open(container, RATE, plan);
    await expect(other.push(greedy, 0, false)).rejects.toMatchObject({ reason: 'AUDIO_DECODE_TIMEOUT' });
    const lost = expect(stream.push(wav.slice(20_000), 1, false)).rejects;
    await lost.toMatchObject({ reason: expect.stringMatching(/WORKER_LOST|NOT_READY/) as string });
    stream.close();
    other.close();
  });
});
