import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { convertCheckpoint } from '@triptych/model-families';
import { type TinyWhisperOptions, writeTinyWhisper } from '@triptych/reference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModels, sampleSpeech } from '../paths.js';
import { jsonLines, runCli, startCli } from '../testing/run-cli.js';

interface Transcript {
  readonly source: string;
  readonly model: string;
  readonly language?: string;
  readonly duration_s: number;
  readonly text: string;
  readonly finish_reason: string;
  readonly segments: readonly {
    readonly start_s: number;
    readonly end_s: number;
    readonly text: string;
    readonly tokens: readonly number[];
    readonly words?: readonly { readonly text: string; readonly start_s: number; readonly end_s: number }[];
  }[];
}

const [whisper, clip] = demoModels;
const RATE = 16_000;
const HEADER_BYTES = 44;
/** A server's limit on messages. */
const MESSAGE_BYTES = 16 * 1024 * 1024;
const sample = (name: string) => join(sampleSpeech, `${name}.wav`);
const pizza = sample('pizza-a');
/** What is said in a sample: its name. */
const wordsOf = (path: string) =>
  basename(path)
    .replace(/-[ab]\.wav$/, '')
    .replaceAll('-', ' ');

let work: string;
let tiny: string;
let mute: string;
let aligned: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-transcribe-'));
  [tiny, mute] = [await converted('tiny'), await converted('mute', { without: ['tokenizer.json'] })];
  aligned = await converted('aligned', { generation: { alignment_heads: [[1, 1]] } });
});
afterAll(() => rm(work, { recursive: true }));

/** A model directory of a small Whisper of three languages and two seconds, whose weights mean nothing. */
async function converted(name: string, options?: TinyWhisperOptions): Promise<string> {
  const [source, target] = [join(work, `${name}-hf`), join(work, name)];
  await writeTinyWhisper(source, options);
  await convertCheckpoint({ source, target, dtype: 'float32', modelName: name, converterVersion: '1' });
  return target;
}

async function transcribe(args: readonly string[], input?: Uint8Array, model = whisper) {
  const { code, stdout, stderr } = await runCli(['transcribe', ...args, '--model', model], input);
  const told = stderr.replace(/^triptych: (loading models|transcribing), .*\n/gm, '');
  return { code, stdout, text: stdout.toString(), stderr: told };
}

/** One of JSON's transcripts; fails where there is no one, or not one alone. */
async function transcriptOf(args: readonly string[], input?: Uint8Array, model = whisper) {
  const { code, stdout, stderr } = await transcribe([...args, '--format', 'json'], input, model);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const transcripts = jsonLines<Transcript>(stdout);
  expect(transcripts).toHaveLength(1);
  return transcripts[0];
}

/** A few of the samples over and over, a second of silence after each, as a WAV of 16 bits. */
async function recording(seconds: number, { channels = 1, rate = RATE } = {}): Promise<Buffer> {
  const times = (channels * rate) / RATE;
  const parts: Buffer[] = [];
  for (const name of ['pizza-a', 'volcano-a', 'sailboat-b'])
    parts.push((await readFile(sample(name))).subarray(HEADER_BYTES), Buffer.alloc(2 * RATE));
  const once = Buffer.concat(parts);
  const data = Buffer.alloc(2 * RATE * seconds * times);
  for (let i = 0; i < data.length / 2; i++)
    data.writeInt16LE(once.readInt16LE((2 * Math.floor(i / times)) % once.length), 2 * i);
  const header = (await readFile(pizza)).subarray(0, HEADER_BYTES);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * channels * rate, 28);
  header.writeUInt16LE(2 * channels, 32);
  header.writeUInt32LE(36 + data.length, 4);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

describe('triptych transcribe', () => {
  it('writes what is said in a recording', async () => {
    expect(await transcribe([pizza])).toMatchObject({ code: 0, text: 'pizza\n', stderr: '' });
  });

  it('writes a line for each of several, and takes folders', async () => {
    const { code, text } = await transcribe([sampleSpeech]);
    expect(code).toBe(0);
    const said = new Map(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split('  ') as [string, string]),
    );
    const names = (await readdir(sampleSpeech)).sort();
    expect([...said.keys()].sort()).toEqual(names.map((name) => join(sampleSpeech, name)));
    const right = [...said].filter(([path, words]) => words === wordsOf(path));
    expect(right.length).toBeGreaterThanOrEqual(20);
  });

  it('writes SubRip and WebVTT', async () => {
    const [srt, vtt] = [
      await transcribe([pizza, '--format', 'srt']),
      await transcribe([pizza, '--format', 'vtt']),
    ];
    expect(srt.text).toMatch(/^1\n00:00:00,000 --> 00:00:00,\d{3}\npizza\n\n$/);
    expect(vtt.text).toMatch(/^WEBVTT\n\n00:00:00\.000 --> 00:00:00\.\d{3}\npizza\n\n$/);
  });

  it('writes JSON', async () => {
    const { segments, ...rest } = await transcriptOf([pizza]);
    expect(rest).toEqual({
      source: pizza,
      model: 'demo-whisper',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      duration_s: 14826 / RATE,
      text: 'pizza',
      finish_reason: 'end',
    });
    expect(segments).toMatchObject([{ start_s: 0, text: ' pizza', temperature: 0, finish_reason: 'end' }]);
    expect(segments[0].tokens.length).toBeGreaterThan(1);
  });

  it('writes what standard input says, a container or PCM', async () => {
    const file = await transcriptOf([pizza]);
    const wav = await readFile(pizza);
    const expected = { ...file, source: '-' };
    expect(await transcriptOf(['-'], wav)).toEqual(expected);
    expect(await transcriptOf(['-', '--pcm', 's16le:16000'], wav.subarray(HEADER_BYTES))).toEqual(expected);
  });

  it('names a recording that fails, and goes on with the others', async () => {
    const bad = join(work, 'bad.wav');
    await writeFile(bad, 'no audio');
    const output = join(work, 'written');
    const { code, text, stderr } = await transcribe([bad, pizza, sample('volcano-a')]);
    expect(code).toBe(1);
    expect(text.split('\n').sort()).toEqual(
      ['', `${pizza}  pizza`, `${sample('volcano-a')}  volcano`].sort(),
    );
    expect(stderr).toMatch(/^triptych: .*bad\.wav: the first bytes .* are none of WAV.*\n$/);
    const filed = await transcribe([bad, pizza, '--format', 'srt', '--output', output]);
    expect(filed).toMatchObject({ code: 1, text: '', stderr });
    expect(await readdir(output)).toEqual(['pizza-a.srt']);
  });

  it('writes a file, and a file for each of several in a folder', async () => {
    const file = join(work, 'pizza.vtt');
    expect((await transcribe([pizza, '--format', 'vtt', '--output', file])).text).toBe('');
    expect(await readFile(file, 'utf8')).toMatch(/^WEBVTT\n\n.*\npizza\n\n$/);
    const [folder, output] = [join(work, 'one'), join(work, 'texts')];
    await mkdir(folder);
    await cp(pizza, join(folder, 'pizza.wav'));
    await transcribe([folder, '--output', output]);
    expect(await readdir(output)).toEqual(['pizza.txt']);
    expect(await readFile(join(output, 'pizza.txt'), 'utf8')).toBe('pizza\n');
  });

  it('takes a recording that is longer than a message may be', async () => {
    const long = join(work, 'long.wav');
    const seconds = 96;
    await writeFile(long, await recording(seconds, { channels: 2, rate: 48_000 }));
    expect((await readFile(long)).length).toBeGreaterThan(MESSAGE_BYTES);
    const { segments, duration_s: duration } = await transcriptOf([long, '--temperature', '0']);
    expect(duration).toBeCloseTo(seconds, 1);
    expect(segments.length).toBeGreaterThan(20);
    expect(segments.at(-1)!.end_s).toBeGreaterThan(seconds - 6);
    segments.forEach(({ start_s: start }, i) =>
      expect(start).toBeGreaterThanOrEqual(segments[i - 1]?.start_s ?? 0),
    );
  });

  it('lets what is in work end at Ctrl-C, and begins nothing more', async () => {
    const folder = join(work, 'many');
    await mkdir(folder);
    const data = await recording(12);
    const count = 16;
    for (let i = 0; i < count; i++) await writeFile(join(folder, `${i}.wav`), data);
    const { child, finished } = startCli(['transcribe', folder, '--temperature', '0', '--model', whisper]);
    child.stdout!.once('data', () => child.kill('SIGINT'));
    const { code, stdout } = await finished;
    expect(code).toBe(130);
    const lines = stdout.toString().trimEnd().split('\n');
    expect(lines.length).toBeLessThan(count);
    for (const line of lines) expect(line).toMatch(/many\/\d+\.wav {2}\S/);
  });
});

describe('triptych transcribe with a Whisper of several languages', () => {
  it('does as its flags say', async () => {
    const seconds = 1;
    const data = (await recording(seconds)).subarray(0, HEADER_BYTES + 2 * RATE * seconds);
    const ask = (...flags: string[]) => transcriptOf(['-', '--temperature', '0', ...flags], data, tiny);
    expect((await ask()).language).toMatch(/^(en|de|fr)$/);
    const german = await ask('--language', 'de');
    expect(german.language).toBe('de');
    expect((await ask('--language', 'de', '--translate')).text).not.toBe(german.text);
    expect((await ask('--language', 'de', '--prompt', 'pizza')).text).not.toBe(german.text);
    expect((await ask('--language', 'de', '--temperature', '1')).text).not.toBe(german.text);
    const cut = await ask('--language', 'de', '--max-tokens', '4', '--no-timestamps', '--beams', '2');
    expect(cut.finish_reason).toBe('length');
    for (const { tokens } of cut.segments) expect(tokens.length).toBeLessThanOrEqual(4);
    const flags = ['--language', 'de', '--max-tokens', '4', '--no-timestamps', '--temperature', '0'];
    expect((await transcribe(['-', ...flags], data, tiny)).text).toMatch(/…\n$/);
  });

  it('writes when words are said: in JSON, and in WebVTT as a cue for each', async () => {
    const flags = [pizza, '--language', 'en', '--temperature', '0', '--words'];
    const { segments, text } = await transcriptOf(flags, undefined, aligned);
    const words = segments.flatMap(({ words = [] }) => words);
    expect(words.length).toBeGreaterThan(0);
    expect(
      words
        .map((one) => one.text)
        .join('')
        .trim(),
    ).toBe(text);
    const shown = words.filter((one) => one.text.trim() !== '');
    const { code, text: vtt } = await transcribe([...flags, '--format', 'vtt'], undefined, aligned);
    expect(code).toBe(0);
    expect(vtt.split('\n\n').slice(1, -1)).toHaveLength(shown.length);
    const cue = shown[0];
    expect(vtt).toContain(`\n\n00:00:0${cue.start_s.toFixed(3)} --> `);
    expect((await transcriptOf(flags.slice(0, -1), undefined, aligned)).segments[0]).not.toHaveProperty(
      'words',
    );
  });

  it('refuses times of words in formats that have none, and of models that tell none', async () => {
    const asked = await transcribe([pizza, '--words', '--format', 'srt'], undefined, aligned);
    expect(asked).toMatchObject({ code: 1, text: '' });
    expect(asked.stderr).toMatch(
      /--words: --format srt has no times of words; expected --format json or vtt/,
    );
    const other = await transcribe([pizza, '--words', '--format', 'json'], undefined, tiny);
    expect(other).toMatchObject({ code: 1, text: '' });
    expect(other.stderr).toMatch(/^triptych: --words: model tiny tells no times of words: .*alignment_heads/);
  });

  it('refuses a language that it does not know once, however many recordings there are, and lists those that it knows', async () => {
    expect(await transcribe([sampleSpeech, '--language', 'tlh'], undefined, tiny)).toMatchObject({
      code: 1,
      text: '',
      stderr: 'triptych: --language: the model does not know "tlh"; expected one of en, de, fr\n',
    });
  });

  it('says which models transcribe where the one that is named does not', async () => {
    const asked = await runCli(['transcribe', pizza, '--name', 'mute', '--model', mute, '--model', tiny]);
    expect(asked.code).toBe(1);
    expect(asked.stderr).toMatch(/--name: model mute is none that transcribes; of those served, tiny can/);
    expect((await transcribe([pizza], undefined, clip)).stderr).toMatch(/no served model transcribes/);
  });
});
