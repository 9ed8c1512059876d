import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { ParquetFile } from 'parquet-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleImages, sampleSpeech } from '../paths.js';
import { jsonLines, runCli } from '../testing/run-cli.js';

interface Line {
  readonly source: string;
  readonly window: number;
  readonly start_s: number;
  readonly end_s: number;
  readonly shape: number[];
  readonly embedding: number[];
}

let work: string;
let expected: Line[];
const pizza = join(sampleSpeech, 'pizza-a.wav');
const cut = ['--window-ms', '500', '--hop-ms', '250'];

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-encode-'));
  expected = jsonLines<Line>((await runCli(['encode', pizza, ...cut])).stdout);
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

  it('writes a numpy matrix, and what its rows are', async () => {
    const output = join(work, 'v.npy');
    const { stdout } = await runCli(['encode', pizza, ...cut, '--format', 'npy', '--output', output]);
    expect(jsonLines<{ row: number; window: number }>(stdout).map((l) => [l.row, l.window])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    const file = await readFile(output);
    expect(file.toString('latin1', 1, 6)).toBe('NUMPY');
    expect(file.toString('latin1', 10, 128)).toMatch(
      /'descr': '<f4', 'fortran_order': False, 'shape': \(3, 128\)/,
    );
    expect([...new Float32Array(new Uint8Array(file.subarray(128)).buffer)]).toEqual(
      expected.flatMap((l) => l.embedding),
    );
  });

  it('writes Parquet', async () => {
    const output = join(work, 'v.parquet');
    await runCli(['encode', pizza, ...cut, '--format', 'parquet', '--output', output]);
    const parquet = await (await ParquetFile.fromFile(new Blob([await readFile(output)]))).read();
    const table = tableFromIPC(parquet.intoIPCStream());
    expect(table.numRows).toBe(3);
    const embeddings = Array.from({ length: 3 }, (_, i) => [
      ...(table.getChild('embedding')!.get(i) as Iterable<number>),
    ]);
    expect(embeddings).toEqual(expected.map((l) => l.embedding));
    expect(table.getChild('end_s')!.get(2)).toBe(14826 / 16000);
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
    expect(lines.filter(({ source }) => source.endsWith('.png'))).toHaveLength(12);
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

  it('says what was wrong with what it was asked', async () => {
    expect(await runCli(['encode', join(work, 'absent.wav')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('absent.wav') as string,
    });
    expect(await runCli(['encode', pizza, '--format', 'npy'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('needs --output') as string,
    });
    expect(await runCli(['encode', '-', '--pcm', 'mp3'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected ENCODING') as string,
    });
    expect(await runCli(['encode', pizza, '--window-ms', '9000'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('window_ms is 9000') as string,
    });
  });
});
