import { AudioEncoding, type AudioStreamConfig, TailPolicy } from '@triptych/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  maxDifference,
  RATE,
  serveDemo,
  speech,
  streamAll,
  type TestServer,
  vectorOf,
  windowsOf,
} from '../../testing/harness.js';

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo({ maxClips: 1000 });
});
afterAll(() => test.close());

const pcm = speech('snowman-without-snow-a');
const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE };
const halfSecond: AudioStreamConfig = { format, windowMs: 500, hopMs: 250 };

describe('EncodeStream', () => {
  it('answers ready with every default filled in, windows in order, then the summary', async () => {
    const answers = await streamAll(test.client, { format }, pcm);
    expect(answers[0].ready).toMatchObject({
      dimensions: 128,
      frameMs: 20,
      config: {
        model: 'demo-whisper',
        windowMs: 4000,
        hopMs: 4000,
        tail: 1,
        context: 1,
        format: { channels: 1 },
        options: { pooling: 1, normalize: true, encoding: 1, dimensions: 128 },
      },
    });
    const samples = pcm.length / 2;
    expect(windowsOf(answers)).toMatchObject([
      { index: 0, startSample: 0, endSample: samples, partial: true },
    ]);
    expect(answers.at(-1)!.summary).toEqual({
      windows: 1,
      chunks: Math.ceil(pcm.length / 3200),
      samples,
      lateWindows: 0,
    });
  });

  it('answers while the audio is still arriving', async () => {
    const stream = test.client.streamAudio();
    stream.configure(halfSecond);
    const answers = stream[Symbol.asyncIterator]();
    expect((await answers.next()).value).toHaveProperty('ready');
    await stream.send(pcm.subarray(0, 16_000));
    expect((await answers.next()).value).toMatchObject({
      window: { startSample: 0, endSample: 8000, lastSequence: 0, partial: false },
    });
    stream.finish();
  });

  it('is offline: each window is what Encode makes of the same samples, however they were split (property)', async () => {
    const pieces = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9000 })), {
      minLength: 1,
      maxLength: 6,
    });
    const config = fc.record({
      windowMs: fc.integer({ min: 200, max: 1500 }),
      hopPercent: fc.integer({ min: 20, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(pieces, config, async (lengths, { windowMs, hopPercent }) => {
        const plan = { format, windowMs, hopMs: Math.max(10, Math.round((windowMs * hopPercent) / 100)) };
        // A stream of single bytes is a message a byte: half a second of it is enough.
        const audio = Math.max(...lengths) === 1 ? pcm.subarray(0, 8000) : pcm;
        const windows = windowsOf(await streamAll(test.client, plan, audio, lengths)).filter(
          (w) => w.embedding,
        );
        const clips = windows.map((w) => ({
          format,
          data: Buffer.from(audio.subarray(2 * w.startSample, 2 * w.endSample)),
        }));
        const { results } = await test.client.encodeAudio({ clips });
        windows.forEach((w, i) =>
          expect(maxDifference(vectorOf(w), vectorOf(results[i]))).toBeLessThanOrEqual(1e-6),
        );
        expect(windows.length).toBeGreaterThan(0);
      }),
      { numRuns: 12, interruptAfterTimeLimit: 60_000 },
    );
  });

  it('is offline at every rate, encoding and channel count (property)', async () => {
    const formats = fc.record({
      encoding: fc.constantFrom<1 | 2 | 3>(1, 2, 3),
      sampleRateHz: fc.constantFrom(4000, 8000, 11025, 22050, 44100, 48000, 96000, 192000),
      channels: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(
        formats,
        fc.array(fc.integer({ min: 100, max: 20_000 }), { minLength: 1, maxLength: 5 }),
        async (pcmFormat, lengths) => {
          const bytes = tone(pcmFormat, 0.5);
          const windows = windowsOf(
            await streamAll(test.client, { format: pcmFormat, windowMs: 200 }, bytes, lengths),
          );
          const whole = windowsOf(
            await streamAll(test.client, { format: pcmFormat, windowMs: 200 }, bytes, [bytes.length]),
          );
          expect(windows.map((w) => [w.startSample, w.endSample])).toEqual(
            whole.map((w) => [w.startSample, w.endSample]),
          );
          windows.forEach((w, i) =>
            expect(maxDifference(vectorOf(w), vectorOf(whole[i]))).toBeLessThanOrEqual(1e-6),
          );
          const [all] = windowsOf(await streamAll(test.client, { format: pcmFormat }, bytes, lengths));
          const { results } = await test.client.encodeAudio({
            clips: [{ format: pcmFormat, data: Buffer.from(bytes) }],
          });
          expect(maxDifference(vectorOf(all), vectorOf(results[0]))).toBeLessThanOrEqual(1e-6);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('flushes what is buffered as a partial window, and drops the tail when told to', async () => {
    const stream = test.client.streamAudio();
    stream.configure({ ...halfSecond, hopMs: 500, tail: TailPolicy.TAIL_POLICY_DROP });
    await stream.send(pcm.subarray(0, 6400), { flush: true });
    await stream.send(pcm.subarray(6400, 6400 + 16_000 + 4000));
    stream.finish();
    const answers = [];
    for await (const answer of stream) answers.push(answer);
    expect(windowsOf(answers).map((w) => [w.startSample, w.endSample, w.partial])).toEqual([
      [0, 3200, true],
      [3200, 11_200, false],
    ]);
  });

  it('marks the windows that a faulty sample reaches, and goes on', async () => {
    const values = new Float32Array(RATE).fill(0.05);
    values[9000] = NaN;
    const config = { format: { encoding: 2 as const, sampleRateHz: RATE }, windowMs: 250 };
    const windows = windowsOf(await streamAll(test.client, config, new Uint8Array(values.buffer)));
    expect(windows.map((w) => w.error?.reason ?? 'fine')).toEqual([
      'fine',
      'fine',
      'AUDIO_NOT_FINITE',
      'fine',
    ]);
  });
});

describe('a stream that breaks the protocol ends with its reason', () => {
  const outcome = async (act: (stream: ReturnType<typeof test.client.streamAudio>) => unknown) => {
    const stream = test.client.streamAudio();
    await act(stream);
    stream.finish();
    const windows: unknown[] = [];
    try {
      for await (const { window } of stream) if (window) windows.push(window);
      return 'OK';
    } catch (thrown) {
      const { code, details } = thrown as { code: number; details?: { reason: string } };
      return [code, details?.reason, windows.length];
    }
  };

  it.each<[string, AudioStreamConfig, string]>([
    ['a window beyond the context', { format, windowMs: 4001 }, 'WINDOW_INVALID'],
    ['a window too short', { format, windowMs: 99 }, 'WINDOW_INVALID'],
    ['a hop beyond the window', { format, windowMs: 500, hopMs: 501 }, 'WINDOW_INVALID'],
    ['an unknown tail policy', { format, tail: 7 as never }, 'ENUM_UNKNOWN'],
    ['no format', {}, 'AUDIO_ENCODING_UNKNOWN'],
  ])('%s', async (_what, config, reason) => {
    expect(await outcome((stream) => stream.configure(config))).toEqual([3, reason, 0]);
  });

  it('no config first; a second config', async () => {
    expect(await outcome((stream) => stream.send(pcm))).toEqual([3, 'STREAM_NO_CONFIG', 0]);
    expect(
      await outcome((stream) => {
        stream.configure({ format });
        stream.configure({ format });
      }),
    ).toEqual([3, 'STREAM_SECOND_CONFIG', 0]);
  });

  it('a gap in the sequence, after the windows before it', async () => {
    expect(
      await outcome(async (stream) => {
        stream.configure({ ...halfSecond, hopMs: 500 });
        await stream.send(pcm.subarray(0, 16_000));
        await stream.send(pcm, { sequence: 2 });
      }),
    ).toEqual([3, 'STREAM_SEQUENCE', 1]);
  });

  it('bytes that end within a sample: the tail comes, then the status', async () => {
    expect(
      await outcome(async (stream) => {
        stream.configure({ ...halfSecond, hopMs: 500 });
        await stream.send(pcm.subarray(0, 20_001));
      }),
    ).toEqual([3, 'AUDIO_PARTIAL_SAMPLE', 2]);
  });

  it('no message at all is an empty stream', async () => {
    expect(await outcome(() => undefined)).toBe('OK');
  });
});

function tone(
  { encoding, sampleRateHz, channels }: { encoding: 1 | 2 | 3; sampleRateHz: number; channels: number },
  seconds: number,
): Uint8Array {
  const length = Math.round(seconds * sampleRateHz) * channels;
  const wave = Float32Array.from(
    { length },
    (_, i) => 0.4 * Math.sin((2 * Math.PI * 440 * Math.floor(i / channels)) / sampleRateHz),
  );
  if (encoding === 2) return new Uint8Array(wave.buffer);
  if (encoding === 1) return new Uint8Array(Int16Array.from(wave, (v) => v * 32767).buffer);
  return Uint8Array.from(wave, (v) => Math.round(v * 100) + 128);
}
