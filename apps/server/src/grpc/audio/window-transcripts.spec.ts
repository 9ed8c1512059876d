import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AudioContext,
  type AudioStreamConfig,
  FinishReason,
  Pooling,
  type TranscriptionOptions,
} from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demoModel,
  maxDifference,
  RATE,
  serveDemo,
  speech,
  streamAll,
  type TestServer,
  vectorOf,
  windowsOf,
} from '../../testing/harness.js';
import { convertTinyWhisper } from '../../testing/tiny-whisper.js';

let work: string;
let test: TestServer;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-windows-'));
  const models = [
    await convertTinyWhisper(work, 'mute', { without: ['tokenizer.json'] }),
    demoModel,
    await convertTinyWhisper(work, 'tiny'),
    await convertTinyWhisper(work, 'aligned', {
      generation: {
        alignment_heads: [
          [0, 1],
          [1, 0],
        ],
      },
    }),
  ];
  test = await serveDemo({ models, http: '127.0.0.1:0' });
});
afterAll(async () => {
  await test.close();
  await rm(work, { recursive: true });
});

const format = { encoding: 1 as const, sampleRateHz: RATE };
const windowMs = 2500;
/** A word in each window. */
const words = ['pizza', 'volcano', 'sailboat', 'sunflower', 'hourglass'];
const audio = Buffer.concat(
  words.map((word) => {
    const window = Buffer.alloc((2 * RATE * windowMs) / 1000);
    window.set(speech(word === 'hourglass' ? 'hourglass-done-a' : `${word}-a`));
    return window;
  }),
);
const bytesOf = ({ startSample, endSample }: { startSample: number; endSample: number }) =>
  audio.subarray(2 * startSample, 2 * endSample);

/** Runs of the audio encoder of a model so far, as its inference worker was given them. */
async function runsOf(model: string): Promise<number> {
  const metrics = await (await fetch(`http://${test.server.httpAddress}/metrics`)).text();
  const line = new RegExp(`^triptych_batch_items_count\\{encoder="${model}/audio"\\} (\\d+)$`, 'm');
  return Number(line.exec(metrics)?.[1] ?? 0);
}

async function stream(config: AudioStreamConfig, model = 'demo-whisper') {
  const before = await runsOf(model);
  const answers = await streamAll(test.client, { model, format, ...config }, audio);
  return {
    ready: answers[0].ready,
    windows: windowsOf(answers),
    runs: (await runsOf(model)) - before,
  };
}

describe('an audio stream that asks for what is said, too', () => {
  it('gets the vectors of one that does not, and transcripts, by one run of the encoder for each window', async () => {
    for (const options of [undefined, { pooling: Pooling.POOLING_MEAN_VALID }]) {
      const plain = await stream({ options, windowMs });
      const both = await stream({ options, windowMs, transcription: {} });
      expect(plain.windows.length).toBe(words.length);
      expect([plain.runs, both.runs]).toEqual([plain.windows.length, plain.windows.length]);
      expect(both.windows.map(({ startSample, endSample }) => [startSample, endSample])).toEqual(
        plain.windows.map(({ startSample, endSample }) => [startSample, endSample]),
      );
      both.windows.forEach((window, i) => {
        expect(plain.windows[i].transcript).toBeNull();
        expect(maxDifference(vectorOf(window), vectorOf(plain.windows[i]))).toBeLessThanOrEqual(1e-6);
      });
      const right = words.filter((word, i) => both.windows[i].transcript?.text.includes(word));
      expect(right.length).toBeGreaterThanOrEqual(words.length - 1);
    }
  });

  it.each(['demo-whisper', 'tiny'])('is told of each window what %s hears in it by itself', async (model) => {
    const transcription: TranscriptionOptions = { withoutFallback: true, withoutTimestamps: true };
    const { windows } = await stream({ transcription }, model);
    for (const window of windows) {
      const { transcript, startSample, endSample } = window;
      const whole = await test.client.transcribe({
        model,
        format,
        data: bytesOf(window),
        options: transcription,
      });
      const { text, language, finishReason, segments } = transcript!;
      // A recording is heard again from its last timestamp on; the demo's model has none here, for it was asked for none.
      const heard = whole.segments.slice(0, segments.length);
      if (model === 'demo-whisper')
        expect({ text, heard }).toEqual({ text: whole.text, heard: whole.segments });
      expect([language, finishReason]).toEqual([whole.language, heard[0]?.finishReason ?? finishReason]);
      expect(segments.map(({ tokens }) => tokens)).toEqual(heard.map(({ tokens }) => tokens));
      segments.forEach(({ meanLogProbability }, i) =>
        expect(meanLogProbability).toBeCloseTo(heard[i].meanLogProbability, 4),
      );
      for (const { startS, endS, final } of segments) {
        expect(final).toBe(true);
        expect(startS).toBeGreaterThanOrEqual(startSample / RATE);
        expect(endS).toBeLessThanOrEqual(endSample / RATE + 1e-9);
      }
    }
  });

  it('has times of the stream, and the first segments of a recording of the window', async () => {
    const { windows } = await stream({ transcription: { withoutFallback: true }, hopMs: 2000 });
    let heard = 0;
    for (const window of windows) {
      const { segments } = await test.client.transcribe({
        model: 'demo-whisper',
        format,
        data: bytesOf(window),
        options: { withoutFallback: true },
      });
      const [first] = window.transcript!.segments;
      if (segments.length === 0) continue;
      heard++;
      expect(first.tokens).toEqual(segments[0].tokens);
      expect(first.startS).toBeCloseTo(segments[0].startS + window.startSample / RATE, 6);
    }
    expect(heard).toBeGreaterThan(3);
  });

  it('has words with times of the stream where these are asked for', async () => {
    const { windows } = await stream({ transcription: { withoutFallback: true, words: true } }, 'aligned');
    for (const { transcript, startSample, endSample } of windows)
      for (const { text, words } of transcript!.segments) {
        expect(words.map((one) => one.text).join('')).toBe(text);
        for (const { startS, endS } of words) {
          expect(startS).toBeGreaterThanOrEqual(startSample / RATE);
          expect(endS).toBeLessThanOrEqual(endSample / RATE + 0.01);
        }
      }
    expect(
      windows.flatMap(({ transcript }) => transcript!.segments.flatMap(({ words }) => words)),
    ).not.toEqual([]);
  });

  it('does as its options say, and goes to the first model that transcribes', async () => {
    const { ready, windows } = await stream(
      { model: '', transcription: { maxTokens: 3, withoutTimestamps: true } },
      'demo-whisper',
    );
    expect(ready?.stamp?.model).toBe('demo-whisper');
    const cut = windows.filter(
      ({ transcript }) => transcript?.finishReason === FinishReason.FINISH_REASON_LENGTH,
    );
    expect(cut.length).toBeGreaterThan(0);
    const german = await stream(
      { transcription: { language: 'de', withoutFallback: true, beams: 2 } },
      'tiny',
    );
    for (const { transcript } of german.windows) expect(transcript?.language).toBe('de');
  });

  it('drops windows that are late, and ends with its call', async () => {
    const { windows } = await stream({ maxLagMs: 1, transcription: {} });
    const late = windows.filter(({ error }) => error?.reason === 'WINDOW_LATE');
    expect(late.length).toBeGreaterThan(0);
    for (const { transcript } of late) expect(transcript).toBeNull();
    const call = test.client.streamAudio();
    call.configure({ model: 'demo-whisper', format, windowMs: 500, transcription: { beams: 8 } });
    await call.send(audio);
    for await (const { window } of call) {
      if (!window) continue;
      call.cancel();
      break;
    }
    // The next one has the decoder to itself.
    const next = await stream({ transcription: {} });
    expect(next.windows.every(({ transcript }) => transcript !== null)).toBe(true);
  });

  it('is refused where its options do not go together, by the field that does not', async () => {
    const ask = (config: AudioStreamConfig) => stream({ ...config }, config.model ?? 'tiny');
    await expect(ask({ model: 'mute', transcription: {} })).rejects.toMatchObject({
      code: 12,
      details: { reason: 'MODALITY_NOT_SERVED' },
      message: expect.stringContaining('demo-whisper, tiny, aligned can') as string,
    });
    const trimmed = { context: AudioContext.AUDIO_CONTEXT_TRIMMED, transcription: {} };
    const wrong: readonly [AudioStreamConfig, string][] = [
      [trimmed, 'config.context'],
      [
        { transcription: { conditionOnPreviousText: true } },
        'config.transcription.condition_on_previous_text',
      ],
      [{ transcription: { beams: 9 } }, 'config.transcription.beams'],
      [{ transcription: { language: 'tlh' } }, 'config.transcription.language'],
      [{ transcription: { prompt: 'a <|endoftext|> b' } }, 'config.transcription.prompt'],
    ];
    for (const [config, field] of wrong)
      await expect(ask(config), field).rejects.toMatchObject({
        code: 3,
        details: { reason: 'PARAMETER_INVALID', violations: [{ field }] },
      });
  });
});
