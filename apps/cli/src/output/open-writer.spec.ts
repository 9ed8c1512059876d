import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { ParquetFile } from 'parquet-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines } from '../testing/run-cli.js';
import { jsonLines as lines } from './json-lines.js';
import { type Format, openWriter } from './open-writer.js';

const WIDTH = 16;
const sources = ['a.wav', 'b.wav', 'c.wav', 'd.wav'];
const identity = { model: 'm', fingerprint: 'f', space: 's', pooling: 'mean', weightType: 'float32' };
const valuesOf = (source: string, window: number) =>
  Float32Array.from({ length: WIDTH }, (_, i) => source.charCodeAt(0) * 1000 + window * 100 + i);

interface Line {
  readonly source: string;
  readonly window: number;
}

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-writer-'));
});
afterAll(() => rm(work, { recursive: true }));

/** Four recordings, each written by itself, as `encode` does. */
async function writeSideBySide(format: Format): Promise<string> {
  const path = join(work, `v.${format}`);
  const writer = await openWriter(format, path);
  await writer.begin([identity]);
  const record = async (source: string) => {
    for (let window = 0; window < 5; window++)
      await writer.write({
        source,
        window,
        startS: window,
        endS: window + 1,
        identity,
        shape: [WIDTH],
        values: valuesOf(source, window),
      });
  };
  await Promise.all(sources.map(record));
  await writer.close();
  return path;
}

describe('vectors of four recordings that are written side by side', () => {
  it('are rows of a numpy matrix in the order of its lines', async () => {
    const path = await writeSideBySide('npy');
    const lines = jsonLines<Line & { row: number }>(await readFile(`${path}.jsonl`));
    expect(lines.map(({ row }) => row)).toEqual(Array.from({ length: 20 }, (_, row) => row));
    const matrix = new Float32Array(new Uint8Array((await readFile(path)).subarray(128)).buffer);
    for (const { row, source, window } of lines)
      expect(matrix.subarray(row * WIDTH, (row + 1) * WIDTH)).toEqual(valuesOf(source, window));
  });

  it('are lines of JSON, each with its own embedding', async () => {
    const lines = jsonLines<Line & { embedding: number[] }>(await readFile(await writeSideBySide('jsonl')));
    expect(lines).toHaveLength(20);
    for (const { source, window, embedding } of lines)
      expect(embedding).toEqual([...valuesOf(source, window)]);
  });

  it('are rows of Parquet, each with its own embedding', async () => {
    const file = await readFile(await writeSideBySide('parquet'));
    const parquet = await ParquetFile.fromFile(new Blob([file]));
    const table = tableFromIPC((await parquet.read()).intoIPCStream());
    expect(table.numRows).toBe(20);
    for (let row = 0; row < 20; row++) {
      const source = table.getChild('source')!.get(row) as string;
      const window = table.getChild('window')!.get(row) as number;
      const embedding = table.getChild('embedding')!.get(row) as Iterable<number>;
      expect([...embedding]).toEqual([...valuesOf(source, window)]);
    }
  });
});

describe('an output that fails', () => {
  const vector = (i: number, width = WIDTH) => ({
    source: `${i}.png`,
    identity,
    shape: [width],
    values: new Float32Array(width),
  });

  it.skipIf(!existsSync('/dev/full'))('says so of the next vector, not never: a full disk', async () => {
    const writer = lines('/dev/full');
    const all = async () => {
      for (let i = 0; i < 1000; i++) {
        await writer.write(vector(i));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await expect(all()).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(writer.write(vector(0))).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it('says so of the next vectors, not never: two widths in Parquet', async () => {
    const writer = await openWriter('parquet', join(work, 'widths.parquet'));
    await writer.begin([identity]);
    const all = async () => {
      for (let i = 0; i < 1000; i++) {
        await writer.write(vector(i, i < 3 ? WIDTH : 2 * WIDTH));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await expect(all()).rejects.toMatchObject({ reason: 'CONFIG_INVALID', message: /^3\.png: / });
    await writer.discard();
    expect((await readdir(work)).filter((name) => name.startsWith('widths'))).toEqual([]);
  });
});
