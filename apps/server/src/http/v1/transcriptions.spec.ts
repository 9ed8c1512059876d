import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AudioEncoding, SpeechTask } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { demoClip, demoModel, serveDemo, type TestServer } from '../../testing/harness.js';
import { convertTinyWhisper } from '../../testing/tiny-whisper.js';
import type { OpenApi } from '../openapi/document.js';
import { transcriptAnswer } from './transcript-answer.js';

let work: string;
let test: TestServer;
let base: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-transcriptions-'));
  const models = [
    demoModel,
    demoClip,
    await convertTinyWhisper(work, 'tiny'),
    await convertTinyWhisper(work, 'aligned', { generation: { alignment_heads: [[1, 0]] } }),
  ];
  test = await serveDemo({ models, http: '127.0.0.1:0', maxMessageBytes: 1_000_000 });
  base = `http://${test.server.httpAddress}`;
});
afterAll(async () => {
  await test.close();
  await rm(work, { recursive: true });
});

const speechFile = (name: string) =>
  readFile(fileURLToPath(new URL(`../../../../../examples/speech/${name}.wav`, import.meta.url)));

type Fields = Readonly<Record<string, string | Buffer | readonly string[]>>;
function post(fields: Fields, path = '/v1/audio/transcriptions', headers = {}): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    if (Buffer.isBuffer(value)) form.append(name, new Blob([new Uint8Array(value)]), 'speech.wav');
    else for (const one of [value].flat()) form.append(name, one);
  return fetch(`${base}${path}`, { method: 'POST', body: form, headers });
}

/** Those of a `verbose_json`; fails where it has none. */
function segmentsOf(answer: z.infer<typeof transcriptAnswer>) {
  if (!('task' in answer) || !answer.segments) throw new Error('no segments');
  return answer.segments;
}

/** What gRPC answers. */
async function spoken(model: string, data: Buffer, task: SpeechTask = SpeechTask.SPEECH_TASK_TRANSCRIBE) {
  const format = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
  return test.client.transcribe({ model, format, data, options: { task } });
}

describe('/v1/audio/transcriptions', () => {
  it('takes no form from a page of another origin', async () => {
    for (const path of ['/v1/audio/transcriptions', '/v1/audio/translations']) {
      const fields = { file: await speechFile('pizza-a') };
      const refused = await post(fields, path, { origin: 'https://evil.example' });
      expect([refused.status, await refused.text()]).toEqual([
        403,
        expect.stringContaining('--http-origins'),
      ]);
      expect((await post(fields, path, { origin: new URL(base).origin })).status).not.toBe(403);
    }
  });

  it("answers gRPC's transcript, in each of the formats", async () => {
    const model = 'demo-whisper';
    for (const name of ['pizza-a', 'volcano-a', 'sunflower-b']) {
      const file = await speechFile(name);
      const said = await spoken(model, file);
      expect(said.text.toLowerCase()).toContain(name.split('-', 1)[0]);
      const ask = async (format: string) => {
        const response = await post({ file, model, response_format: format });
        expect(response.status).toBe(200);
        return { type: response.headers.get('content-type'), text: await response.text() };
      };
      const usage = { type: 'duration', seconds: Math.ceil(said.durationS) };
      const json = transcriptAnswer.parse(await (await post({ file, model })).json());
      expect(json).toEqual({ text: said.text, usage });
      const verbose = await ask('verbose_json');
      expect(verbose.type).toMatch(/^application\/json/);
      expect(transcriptAnswer.parse(JSON.parse(verbose.text))).toEqual({
        task: 'transcribe',
        language: 'english',
        duration: said.durationS,
        text: said.text,
        finish_reason: 'end',
        usage,
        segments: said.segments.map((one, id) => ({
          id,
          seek: 0,
          start: one.startS,
          end: one.endS,
          text: one.text,
          tokens: one.tokens,
          temperature: one.temperature,
          avg_logprob: expect.closeTo(one.meanLogProbability, 5) as number,
          compression_ratio: expect.closeTo(one.compressionRatio, 5) as number,
          no_speech_prob: expect.closeTo(one.noSpeechProbability, 5) as number,
        })),
      });
      expect(await ask('text')).toEqual({ type: 'text/plain; charset=utf-8', text: `${said.text}\n` });
      const line = said.segments[0].text.trim();
      const srt = await ask('srt');
      expect(srt.type).toBe('application/x-subrip; charset=utf-8');
      expect(srt.text).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/);
      expect(srt.text).toContain(`\n${line}\n\n`);
      const vtt = await ask('vtt');
      expect(vtt.type).toBe('text/vtt; charset=utf-8');
      expect(vtt.text).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> 00:00:0\d\.\d{3}\n/);
      expect(vtt.text).toContain(`\n${line}\n\n`);
    }
  });

  it('takes every field of the contract, and says what language it is', async () => {
    const file = await speechFile('pizza-a');
    const response = await post({
      file,
      model: 'tiny',
      language: 'de',
      prompt: 'pizza',
      temperature: '0.4',
      response_format: 'verbose_json',
      'timestamp_granularities[]': ['segment'],
    });
    const answer = transcriptAnswer.parse(await response.json());
    expect(answer).toMatchObject({ task: 'transcribe', language: 'german' });
    for (const one of segmentsOf(answer)) expect(one.temperature).toBeCloseTo(0.4);
  });

  it('says when each word is said, with segments or without', async () => {
    const file = await speechFile('pizza-a');
    const format = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
    const options = { task: SpeechTask.SPEECH_TASK_TRANSCRIBE, words: true };
    const said = await test.client.transcribe({ model: 'aligned', format, data: file, options });
    const words = said.segments.flatMap((one) => one.words);
    expect(words.length).toBeGreaterThan(0);
    const ask = async (times: string[]) => {
      const fields = { file, model: 'aligned', response_format: 'verbose_json' };
      const response = await post({ ...fields, 'timestamp_granularities[]': times });
      return transcriptAnswer.parse(await response.json());
    };
    const expected = words
      .map(({ text, startS, endS }) => ({ word: text.trim(), start: startS, end: endS }))
      .filter(({ word }) => word !== '');
    const alone = await ask(['word']);
    expect(alone).toMatchObject({ text: said.text, words: expected });
    expect(alone).not.toHaveProperty('segments');
    const both = await ask(['segment', 'word']);
    expect(both).toMatchObject({ words: expected });
    expect(segmentsOf(both)).toHaveLength(said.segments.length);
    expect(await ask(['segment'])).not.toHaveProperty('words');
  });

  it('translates into English', async () => {
    const file = await speechFile('pizza-a');
    const fields = { file, model: 'tiny', response_format: 'verbose_json' };
    const answer = (await (await post(fields, '/v1/audio/translations')).json()) as object;
    const { text } = await spoken('tiny', file, SpeechTask.SPEECH_TASK_TRANSLATE);
    expect(answer).toMatchObject({ task: 'translate', language: 'english', text });
  });

  it('says where the window of a segment begins', async () => {
    const one = (await speechFile('pizza-a')).subarray(44);
    const data = Buffer.concat([
      (await speechFile('pizza-a')).subarray(0, 44),
      ...Array<Buffer>(Math.ceil(700_000 / one.length)).fill(one),
    ]);
    data.writeUInt32LE(data.length - 44, 40);
    data.writeUInt32LE(data.length - 8, 4);
    const response = await post({ file: data, response_format: 'verbose_json' });
    const answer = transcriptAnswer.parse(await response.json());
    const segments = segmentsOf(answer);
    const seeks = segments.map(({ seek }) => seek);
    expect(new Set(seeks).size).toBeGreaterThan(1);
    expect(seeks).toEqual(seeks.toSorted((a, b) => a - b));
    for (const { seek, start } of segments) expect(start).toBeGreaterThanOrEqual(seek / 100 - 0.001);
  });

  it("refuses what it cannot do in OpenAI's words", async () => {
    const file = await speechFile('pizza-a');
    const cases = [
      [{ model: 'tiny' }, 400, 'MESSAGE_MALFORMED', 'file'],
      [{ file: 'text' }, 400, 'MESSAGE_MALFORMED', 'file'],
      [{ file, words: 'x' }, 400, 'MESSAGE_MALFORMED', 'words'],
      [{ file, response_format: 'xml' }, 400, 'MESSAGE_MALFORMED', 'response_format'],
      [{ file, temperature: 'warm' }, 400, 'MESSAGE_MALFORMED', 'temperature'],
      [{ file, temperature: '1.5' }, 400, 'PARAMETER_INVALID', 'temperature'],
      [{ file, stream: 'true' }, 400, 'MESSAGE_MALFORMED', 'stream'],
      [
        { file, model: 'tiny', response_format: 'verbose_json', 'timestamp_granularities[]': ['word'] },
        400,
        'PARAMETER_INVALID',
        'timestamp_granularities[]',
      ],
      [
        { file, model: 'aligned', 'timestamp_granularities[]': ['segment', 'word'] },
        400,
        'PARAMETER_INVALID',
        'timestamp_granularities[]',
      ],
      [
        { file, 'timestamp_granularities[]': ['letter'] },
        400,
        'MESSAGE_MALFORMED',
        'timestamp_granularities[][0]',
      ],
      [{ file, model: 'tiny', language: 'xx' }, 400, 'PARAMETER_INVALID', 'language'],
      [{ file, model: 'tiny', prompt: 'a <|endoftext|> b' }, 400, 'PARAMETER_INVALID', 'prompt'],
      [{ file, model: 'demo-clip' }, 400, 'MODALITY_NOT_SERVED', 'model'],
      [{ file, model: 'none' }, 404, 'MODEL_NOT_FOUND', 'model'],
      [{ file: Buffer.from('no audio at all') }, 400, 'AUDIO_CONTAINER_UNKNOWN', 'file'],
      [{ file: Buffer.alloc(0) }, 400, 'AUDIO_EMPTY', 'file'],
      [{ file: Buffer.alloc(1_000_001) }, 413, 'MESSAGE_TOO_LARGE', null],
    ] as const;
    for (const [fields, status, code, param] of cases) {
      const response = await post(fields);
      const { error } = (await response.json()) as { error: object };
      expect({ status: response.status, error }).toMatchObject({ status, error: { code, param } });
    }
    const translated = await post({ file, model: 'demo-whisper' }, '/v1/audio/translations');
    expect(translated.status).toBe(400);
    expect(await translated.json()).toMatchObject({ error: { code: 'PARAMETER_INVALID', param: 'model' } });
    const json = await fetch(`${base}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(415);
    expect(await json.text()).toContain('multipart/form-data');
    expect((await fetch(`${base}/v1/audio/transcriptions`, { method: 'POST' })).status).toBe(400);
  });

  it('is described where programs look', async () => {
    const { paths } = (await (await fetch(`${base}/openapi.json`)).json()) as OpenApi;
    for (const path of ['/v1/audio/transcriptions', '/v1/audio/translations']) {
      const { requestBody, responses } = paths[path]['post'];
      expect(requestBody?.content['multipart/form-data'].schema).toMatchObject({
        required: ['file'],
        additionalProperties: false,
        properties: {
          file: { type: 'string', format: 'binary' },
          response_format: { enum: ['json', 'text', 'srt', 'verbose_json', 'vtt'] },
        },
      });
      expect(Object.keys(responses['200'].content ?? {})).toEqual([
        'application/json',
        'text/plain',
        'application/x-subrip',
        'text/vtt',
      ]);
    }
  });
});
