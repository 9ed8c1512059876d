import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  AudioEncoding,
  FinishReason,
  SpeechTask,
  type TranscribeStreamConfig,
  type TranscriptSegment__Output,
} from '@triptych/client';
import { silentLogger } from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModel, RATE, serveDemo, speech, type TestServer } from '../../testing/harness.js';
import { convertTinyWhisper } from '../../testing/tiny-whisper.js';

/** Pairs of a layer and a head. */
const ALIGNMENT_HEADS = [
  [0, 1],
  [1, 0],
];

let work: string;
let test: TestServer;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-transcribe-'));
  const models = [
    await convertTinyWhisper(work, 'mute', { without: ['tokenizer.json'] }),
    await convertTinyWhisper(work, 'tiny'),
    await convertTinyWhisper(work, 'english', { isEnglish: true }),
    await convertTinyWhisper(work, 'aligned', { generation: { alignment_heads: ALIGNMENT_HEADS } }),
  ];
  test = await serveDemo({ models });
});
afterAll(async () => {
  await test.close();
  await rm(work, { recursive: true });
});

const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE };
const wav = (name: string) =>
  readFile(fileURLToPath(new URL(`../../../../../examples/speech/${name}.wav`, import.meta.url)));
const container = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
/** Seconds of speech, over and over. */
function recording(seconds: number): Buffer {
  const one = Buffer.from(speech('pizza-a'));
  const bytes = 2 * RATE * seconds;
  return Buffer.concat(Array<Buffer>(Math.ceil(bytes / one.length)).fill(one)).subarray(0, bytes);
}
/** Without what is drawn by chance. */
const plain = { withoutFallback: true };

async function stream(config: TranscribeStreamConfig, data: Uint8Array, piece = 6400) {
  const call = test.client.streamTranscript();
  call.configure({ format, options: plain, ...config });
  const sending = (async () => {
    for (let at = 0; at < data.length; at += piece) await call.send(data.subarray(at, at + piece));
    call.finish();
  })();
  const updates: TranscriptSegment__Output[][] = [];
  let summary;
  for await (const answer of call) {
    if (answer.update) updates.push(answer.update.segments);
    summary = answer.summary ?? summary;
  }
  await sending;
  return { updates, summary, settled: updates.flat().filter((one) => one.final) };
}

const said = (segments: readonly TranscriptSegment__Output[]) =>
  segments.map(({ startS, endS, tokens }) => ({ startS, endS, tokens }));

describe('Transcriber.Transcribe', () => {
  it('takes compressed recordings that are longer than a chunk of a stream may be', async () => {
    const mp3 = await readFile(
      new URL('../../../../../libs/preprocessing/fixtures/speech-16k.mp3', import.meta.url),
    );
    const { durationS: one } = await test.client.transcribe({ format: container, data: mp3, options: plain });
    const times = Math.ceil(630 / one);
    const data = Buffer.concat(Array<Buffer>(times).fill(mp3));
    const { durationS } = await test.client.transcribe({
      format: container,
      data,
      // A window's first token alone: what is written is not at stake.
      options: { ...plain, maxTokens: 1 },
    });
    expect(durationS).toBeGreaterThan(600);
  });

  it('writes what is said in a file, the same by each way it comes, with its times and language', async () => {
    const ask = { model: 'tiny', options: plain };
    const written = await test.client.transcribe({ ...ask, format: container, data: await wav('pizza-a') });
    expect(written.model).toBe('tiny');
    expect(['en', 'de', 'fr']).toContain(written.language);
    expect(written.text).toMatch(/^[\x20-\x7e]+$/);
    expect(written.segments.length).toBeGreaterThan(0);
    for (const { startS, endS, final } of written.segments) {
      expect(endS).toBeGreaterThanOrEqual(startS);
      expect(final).toBe(true);
    }
    const pcm = Buffer.from(speech('pizza-a'));
    expect(written.durationS).toBeCloseTo(pcm.length / 2 / RATE, 5);
    expect(await test.client.transcribe({ ...ask, format, data: pcm })).toEqual(written);
    // The one without a name goes to the first that transcribes, not to the first that takes audio.
    expect((await test.client.transcribe({ format, data: pcm, options: plain })).model).toBe('tiny');
  });

  it('does as its options say', async () => {
    const data = recording(1);
    const ask = (options: object, model = 'tiny') =>
      test.client.transcribe({ model, format, data, options: { ...plain, ...options } });
    const cut = await ask({ maxTokens: 4, withoutTimestamps: true, language: 'DE' });
    expect(cut).toMatchObject({ language: 'de', finishReason: FinishReason.FINISH_REASON_LENGTH });
    for (const { tokens } of cut.segments) expect(tokens.length).toBeLessThanOrEqual(4);
    // The window goes on for seconds of silence.
    expect(Math.max(...cut.segments.map(({ endS }) => endS))).toBe(1);
    const french = await ask({ language: 'fr', task: SpeechTask.SPEECH_TASK_TRANSLATE, beams: 3 });
    expect(french.language).toBe('fr');
    const drawn = (seed: number) => ask({ temperature: 1, seed, language: 'en' });
    expect(await drawn(1)).toEqual(await drawn(1));
    expect(await drawn(1)).not.toEqual(await drawn(2));
    expect(await ask({ language: 'en', prompt: 'pizza' })).not.toEqual(await ask({ language: 'en' }));
    expect((await ask({ language: 'en' }, 'english')).language).toBe('');
  });

  it('says when each word is said where that is asked for, and writes the same', async () => {
    for (const seconds of [1, 7]) {
      const data = recording(seconds);
      const ask = (words: boolean, model = 'aligned', task = SpeechTask.SPEECH_TASK_TRANSCRIBE) =>
        test.client.transcribe({ model, format, data, options: { ...plain, words, task, language: 'en' } });
      const [written, plainly] = [await ask(true), await ask(false)];
      expect(written.segments.map((one) => ({ ...one, words: [] }))).toEqual(plainly.segments);
      expect(plainly.segments).toEqual((await ask(false, 'tiny')).segments);
      let last = 0;
      for (const { words, text } of written.segments) {
        expect(words.map((one) => one.text).join('')).toBe(text);
        for (const { startS, endS } of words) {
          expect(startS).toBeGreaterThanOrEqual(last);
          expect(endS).toBeGreaterThanOrEqual(startS);
          last = startS;
        }
      }
      const ends = written.segments.flatMap(({ words }) => words.map(({ endS }) => endS));
      expect(new Set(ends).size).toBeGreaterThan(seconds);
      expect(Math.max(...ends)).toBeLessThanOrEqual(seconds);
      // In steps of 20 ms from where a window begins, a hundredth of a second.
      for (const end of ends) expect(100 * end).toBeCloseTo(Math.round(100 * end), 6);
    }
  });

  it('refuses times of words of a model that knows no alignment heads, and says what to do', async () => {
    const asked = test.client.transcribe({
      model: 'tiny',
      format,
      data: recording(1),
      options: { words: true },
    });
    await expect(asked).rejects.toMatchObject({
      code: 3,
      details: { reason: 'PARAMETER_INVALID', violations: [{ field: 'options.words' }] },
      message: expect.stringMatching(/model tiny tells no times of words: .* no alignment_heads/) as string,
    });
  });

  it('refuses what it does not know, and says what it does', async () => {
    const data = recording(1);
    const ask = (request: object) => test.client.transcribe({ model: 'tiny', format, data, ...request });
    await expect(ask({ model: 'mute' })).rejects.toMatchObject({
      code: 12,
      details: { reason: 'MODALITY_NOT_SERVED' },
      message: expect.stringContaining('tiny, english, aligned can') as string,
    });
    await expect(ask({ options: { language: 'tlh' } })).rejects.toMatchObject({
      code: 3,
      details: { reason: 'PARAMETER_INVALID', violations: [{ field: 'options.language' }] },
      message: expect.stringContaining('expected one of en, de, fr') as string,
    });
    const wrong = { beams: 9, maxTokens: 49, temperature: 1.5, task: 7, prompt: 'a <|endoftext|> b' };
    for (const [name, value] of Object.entries(wrong)) {
      const field = `options.${name === 'maxTokens' ? 'max_tokens' : name}`;
      const refused = { code: 3, details: { violations: [{ field }] } };
      await expect(ask({ options: { [name]: value } }), field).rejects.toMatchObject(refused);
    }
    await expect(
      ask({ model: 'english', options: { task: SpeechTask.SPEECH_TASK_TRANSLATE } }),
    ).rejects.toMatchObject({ message: expect.stringContaining('does not translate') as string });
    await expect(ask({ model: 'english', options: { language: 'de' } })).rejects.toMatchObject({
      message: expect.stringContaining('expected en, or none') as string,
    });
    await expect(ask({ data: data.subarray(0, 200) })).rejects.toMatchObject({
      details: { reason: 'AUDIO_TOO_SHORT' },
    });
    await expect(ask({ data: new Uint8Array(0) })).rejects.toMatchObject({
      details: { reason: 'AUDIO_EMPTY' },
    });
  });

  it('logs file, tensor, expected and found of a decoder that cannot be loaded, and goes on encoding', async () => {
    const directory = join(work, 'misshapen');
    await cp(demoModel, directory, { recursive: true });
    const path = join(directory, 'metadata.json');
    const { fingerprint: _, ...metadata } = JSON.parse(await readFile(path, 'utf8')) as {
      fingerprint: string;
      config: object;
    };
    Object.assign(metadata.config, { decoder_ffn_dim: 256 });
    await writeFile(path, JSON.stringify(metadata));
    const logged: object[] = [];
    const logger = { ...silentLogger, error: (fields: object) => void logged.push(fields) };
    const other = await serveDemo({ models: [directory] }, logger);
    const data = recording(1);
    const refused = { code: 13, message: 'internal error; the server log has the cause' };
    await expect(other.client.transcribe({ format, data })).rejects.toMatchObject(refused);
    expect(logged).toMatchObject([
      {
        err: {
          reason: 'TENSOR_SHAPE',
          message:
            `${join(directory, 'decoder.parquet')}: tensor decoder.layers.0.fc1.weight: ` +
            'expected shape [256, 128], found [512, 128]',
        },
      },
    ]);
    const { results } = await other.client.encodeAudio({ clips: [{ format, data }] });
    expect(results).toMatchObject([{ outcome: 'embedding' }]);
    await other.close();
  });
});

describe('Transcriber.TranscribeStream', () => {
  it('gives what Transcribe gives, however the recording is split', async () => {
    for (const seconds of [1, 7]) {
      const data = recording(seconds);
      const whole = await test.client.transcribe({ model: 'tiny', format, data, options: plain });
      for (const piece of [1001, 40_000]) {
        const { settled, summary } = await stream({ model: 'tiny' }, data, piece);
        expect(summary).toMatchObject({ segments: settled.length, durationS: seconds });
        expect(said(settled)).toEqual(said(whole.segments));
      }
    }
  });

  it('tells guesses meanwhile, which settle; what has settled comes once and in order', async () => {
    const { updates, settled, summary } = await stream(
      { model: 'tiny', partialIntervalMs: 200 },
      recording(7),
    );
    expect(updates.flat().some((one) => !one.final)).toBe(true);
    expect(settled.length).toBe(summary?.segments);
    settled.forEach(({ startS }, i) => expect(startS).toBeGreaterThanOrEqual(settled[i - 1]?.startS ?? 0));
    expect(updates.at(-1)?.every((one) => one.final)).toBe(true);
    for (const segments of updates) {
      const firstGuess = segments.findIndex((one) => !one.final);
      if (firstGuess >= 0) expect(segments.slice(firstGuess).every((one) => !one.final)).toBe(true);
    }
  });

  it('tells the words of what has settled, and of that alone', async () => {
    const data = recording(7);
    const options = { ...plain, words: true, language: 'en' };
    const whole = await test.client.transcribe({ model: 'aligned', format, data, options });
    const { settled } = await stream({ model: 'aligned', options }, data);
    expect(settled.map(({ words }) => words)).toEqual(whole.segments.map(({ words }) => words));
    const { updates } = await stream({ model: 'aligned', options, partialIntervalMs: 200 }, data);
    const all = updates.flat();
    expect(all.some(({ final }) => !final)).toBe(true);
    for (const { final, words, text } of all)
      expect(words.map((one) => one.text).join('')).toBe(final ? text : '');
  });

  it('ends between two steps where nobody waits any more, and leaves nothing open', async () => {
    const call = test.client.streamTranscript();
    call.configure({ model: 'tiny', format, options: plain, partialIntervalMs: 200 });
    const data = recording(4);
    await call.send(data);
    for await (const answer of call) {
      if (!answer.update) continue;
      call.cancel();
      break;
    }
    // The next one has all of the model to itself.
    const { settled } = await stream({ model: 'tiny' }, recording(1));
    expect(settled.length).toBeGreaterThan(0);
  });

  it('refuses a stream that cannot be, before any audio', async () => {
    await expect(stream({ model: 'tiny', partialIntervalMs: 50 }, recording(1))).rejects.toMatchObject({
      code: 3,
      details: { violations: [{ field: 'config.partial_interval_ms' }] },
    });
    for (const [options, field] of [
      [{ beams: 9 }, 'config.options.beams'],
      [{ prompt: 'a <|endoftext|> b' }, 'config.options.prompt'],
    ] as const)
      await expect(stream({ model: 'tiny', options }, recording(1))).rejects.toMatchObject({
        code: 3,
        details: { violations: [{ field }] },
      });
    await expect(stream({ model: 'mute' }, recording(1))).rejects.toMatchObject({ code: 12 });
  });
});
