import { openModel } from '@triptych/model-families';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { ParquetFile } from 'parquet-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModels, sampleImages, sampleSpeech } from '../paths.js';
import { jsonLines, runCli, startCli } from '../testing/run-cli.js';

interface Line {
  readonly source: string;
  readonly window: number;
  readonly start_s: number;
  readonly end_s: number;
  readonly shape: number[];
  readonly model: string;
  readonly fingerprint: string;
  readonly space: string;
  readonly pooling: string;
  readonly weight_type: string;
  readonly dtype: string;
  readonly embedding: number[];
}

interface Heard extends Line {
  readonly text?: string;
  readonly segments: readonly { readonly start_s: number; readonly end_s: number }[];
}

let work: string;
let expected: Line[];
let models: { readonly fingerprint: string; readonly weight_type: string }[];
const pizza = join(sampleSpeech, 'pizza-a.wav');
const cut = ['--window-ms', '500', '--hop-ms', '250'];

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-encode-'));
  expected = jsonLines<Line>((await runCli(['encode', pizza, ...cut])).stdout);
});
beforeAll(async () => {
  models = await Promise.all(
    demoModels.map(async (directory) => {
      const { directory: model } = await openModel(directory);
      const { fingerprint, weightType } = await model.identify([await model.load()]);
      return { fingerprint, weight_type: weightType };
    }),
  );
});
afterAll(() => rm(work, { recursive: true }));

describe('triptych encode', () => {
  it('writes a JSON line for each window, with its place', () => {
    expect(expected.map((l) => [l.source, l.window, l.start_s, l.end_s])).toEqual([
      [pizza, 0, 0, 0.5],
      [pizza, 1, 0.25, 0.75],
      [pizza, 2, 0.5, 14826 / 16000],
    ]);
    for (const { shape, embedding } of expected) {
      expect(shape).toEqual([128]);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    }
  });

  it('encodes a live pipe of PCM just so', async () => {
    const wav = await readFile(pizza);
    const { code, stdout } = await runCli(
      ['encode', '-', '--pcm', 's16le:16000:1', ...cut],
      wav.subarray(44),
    );
    expect(code).toBe(0);
    expect(jsonLines<Line>(stdout)).toEqual(expected.map((line) => ({ ...line, source: '-' })));
  });

  it('writes what is said in each window beside its vector', async () => {
    const volcano = join(sampleSpeech, 'volcano-a.wav');
    const [plain, both] = await Promise.all([
      runCli(['encode', pizza, volcano]),
      runCli(['encode', pizza, volcano, '--transcribe']),
    ]);
    expect(both.code).toBe(0);
    const bySource = (output: Buffer) =>
      jsonLines<Heard>(output).sort((a, b) => b.source.localeCompare(a.source));
    const lines = bySource(both.stdout);
    expect(lines.map(({ text }) => text)).toEqual(['volcano', 'pizza']);
    for (const { segments, end_s: end } of lines) {
      expect(segments).toMatchObject([{ start_s: 0, finish_reason: 'end' }]);
      expect(segments[0].end_s).toBeLessThanOrEqual(end);
    }
    bySource(plain.stdout).forEach(({ embedding, text }, i) => {
      expect(text).toBeUndefined();
      embedding.forEach((value, at) => expect(Math.abs(value - lines[i].embedding[at])).toBeLessThan(1e-6));
    });
  });

  it('refuses what does not go with --transcribe', async () => {
    const ask = async (...flags: string[]) => (await runCli(['encode', pizza, ...flags])).stderr;
    expect(await ask('--language', 'en')).toMatch(/--language says what --transcribe hears/);
    expect(await ask('--transcribe', '--context', 'trimmed')).toMatch(
      /--context: context is trimmed; .* padded/,
    );
    expect(await ask('--transcribe', '--language', 'tlh')).toMatch(
      /--language: the model does not know "tlh"/,
    );
    expect(await ask('--transcribe', '--name', 'demo-clip')).toMatch(
      /--name: model demo-clip is none that transcribes/,
    );
  });

  it('says of each vector what made it', () => {
    const [model] = models;
    for (const line of expected)
      expect(line).toMatchObject({
        model: 'demo-whisper',
        fingerprint: model.fingerprint,
        space: 'triptych-demo',
        pooling: 'mean',
        weight_type: model.weight_type,
        dtype: 'float32',
      });
  });

  it('writes a numpy matrix, and beside it what its rows are', async () => {
    const output = join(work, 'v.npy');
    const { stdout } = await runCli(['encode', pizza, ...cut, '--format', 'npy', '--output', output]);
    expect(stdout.toString()).toBe('');
    const rows = jsonLines<{ row: number }>(await readFile(`${output}.jsonl`));
    expect(rows).toEqual(expected.map(({ embedding: _, shape: __, ...line }, row) => ({ row, ...line })));
    const file = await readFile(output);
    expect(file.toString('latin1', 1, 6)).toBe('NUMPY');
    expect(file.toString('latin1', 10, 128)).toMatch(
      /'descr': '<f4', 'fortran_order': False, 'shape': \(3, 128\)/,
    );
    expect([...new Float32Array(new Uint8Array(file.subarray(128)).buffer)]).toEqual(
      expected.flatMap((l) => l.embedding),
    );
  });

  it('writes Parquet with vectors of fixed size, and what made them in its metadata', async () => {
    const output = join(work, 'v.parquet');
    await runCli(['encode', pizza, ...cut, '--format', 'parquet', '--output', output]);
    const parquet = await ParquetFile.fromFile(new Blob([await readFile(output)]));
    const table = tableFromIPC((await parquet.read()).intoIPCStream());
    expect(table.numRows).toBe(3);
    expect(String(table.schema.fields.find(({ name }) => name === 'embedding')?.type)).toBe(
      'FixedSizeList[128]<Float32>',
    );
    const embeddings = Array.from({ length: 3 }, (_, i) => [
      ...(table.getChild('embedding')!.get(i) as Iterable<number>),
    ]);
    expect(embeddings).toEqual(expected.map((l) => l.embedding));
    expect(table.getChild('end_s')!.get(2)).toBe(14826 / 16000);
    const [{ model, fingerprint, space, pooling, weight_type, dtype }] = expected;
    const identity = { model, fingerprint, space, pooling, weight_type, dtype };
    const metadata = parquet.metadata().fileMetadata().keyValueMetadata() as Map<string, string>;
    expect(JSON.parse(metadata.get('triptych.models')!)).toEqual([identity]);
    for (const [key, value] of Object.entries(identity)) expect(metadata.get(`triptych.${key}`)).toBe(value);
    expect(table.getChild('space')!.get(0)).toBe(space);
  });

  it('takes folders; files that are no audio are named, the others go on, and the exit code is 1', async () => {
    await writeFile(join(work, 'broken.wav'), 'RIFF, but nothing of the kind follows here');
    const { code, stdout, stderr } = await runCli(['encode', sampleSpeech, join(work, 'broken.wav')]);
    expect(code).toBe(1);
    expect(new Set(jsonLines<Line>(stdout).map((l) => l.source)).size).toBe(24);
    expect(stderr).toMatch(/broken\.wav: .*WAV/);
  });

  it('takes images and texts: files, folders, lines and flags', async () => {
    await writeFile(join(work, 'words.txt'), 'a pizza\n\na sailboat\n');
    const inputs = [sampleImages, join(work, 'words.txt'), '--text', 'a volcano'];
    const { code, stdout } = await runCli(['encode', ...inputs]);
    expect(code).toBe(0);
    const lines = jsonLines<Line & { text?: string }>(stdout);
    const pictures = (await readdir(sampleImages)).sort().map((name) => join(sampleImages, name));
    expect(pictures).toHaveLength(12);
    // Two batches, of which the second, smaller one may be ready first.
    expect(lines.slice(0, 12).map(({ source }) => source)).toEqual(pictures);
    expect(lines.slice(12).map(({ source, text }) => [source.replace(work, ''), text])).toEqual([
      ['--text 1', 'a volcano'],
      ['/words.txt:1', 'a pizza'],
      ['/words.txt:3', 'a sailboat'],
    ]);
    for (const { shape, embedding } of lines) {
      expect(shape).toEqual([128]);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    }
  });

  it('passes on which prompt goes before texts, and what the model says to it', async () => {
    const asked = await runCli(['encode', '--text', 'a pizza', '--prompt', 'query']);
    expect(asked.code).toBe(1);
    expect(asked.stderr).toMatch(/no prompt "query"; it has none/);
    const none = await runCli(['encode', '--text', 'a pizza', '--prompt', '']);
    const [plain] = jsonLines<Line>((await runCli(['encode', '--text', 'a pizza'])).stdout);
    expect(jsonLines<Line>(none.stdout)).toEqual([plain]);
  });

  it('names poolings as its flag has them', async () => {
    const { code, stderr } = await runCli(['encode', '--text', 'a pizza', '--pooling', 'class']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/--pooling is class; expected one of projected, end, none/);
  });

  it('with a server of its own takes no part in what the environment says of another', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const env = {
      TRIPTYCH_METRICS_LISTEN: `127.0.0.1:${(other.address() as AddressInfo).port}`,
      TRIPTYCH_TOKENS: join(work, 'no-tokens.json'),
      TRIPTYCH_TLS_CERT: join(work, 'no-certificate.pem'),
      TRIPTYCH_TLS_KEY: join(work, 'no-key.pem'),
      TRIPTYCH_TLS_CLIENT_CA: join(work, 'no-authority.pem'),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      // Values that would be refused, were they read.
      TRIPTYCH_MODEL_CONTROL: 'perhaps',
      TRIPTYCH_HUB_MODELS: 'everything',
    };
    const { code, stdout } = await startCli(['encode', '--text', 'a pizza'], undefined, env).finished;
    other.close();
    expect(code).toBe(0);
    expect(jsonLines<Line>(stdout)).toHaveLength(1);
  });

  it('names the files of a folder that are not decoded, and goes on', async () => {
    const folder = join(work, 'photos');
    await mkdir(folder);
    await cp(join(sampleImages, 'pizza.png'), join(folder, 'pizza.png'));
    await writeFile(join(folder, 'dot.bmp'), bmp);
    const inFolder = await runCli(['encode', folder]);
    expect(inFolder).toMatchObject({ code: 0 });
    expect(inFolder.stderr).toContain(`skipped ${join(folder, 'dot.bmp')}: not decoded; expected .wav`);
    expect(jsonLines<Line>(inFolder.stdout)).toHaveLength(1);
    const named = await runCli(['encode', join(folder, 'dot.bmp')]);
    expect(named.code).toBe(1);
    expect(named.stderr).toContain('dot.bmp: the image is BMP; expected JPEG, PNG, WebP, GIF, AVIF or TIFF');
  });
});

/** One red pixel in 24 bits, as Windows' Paint saves it. */
const bmp = Buffer.from(
  '424d3a0000000000000036000000280000000100000001000000010018000000000004000000000000000000000000000000000000000000ff00',
  'hex',
);
