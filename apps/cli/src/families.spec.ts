import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertCheckpoint, families as builtIn, inspectModel } from '@triptych/model-families';
import { quantizeModel } from '@triptych/quantizer';
import { encodeSafetensors } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validate } from './commands/validate.js';
import { encodePng } from './testing/png.js';
import { tiny } from './testing/tiny-family.js';

const SIDE = 32;
const WIDTH = 64;
const PIXELS = 3 * SIDE * SIDE;
const families = [...builtIn, tiny];
const config = { architectures: ['TinyModel'], model_type: 'tiny', side: SIDE, width: WIDTH };

/** Numbers that look random and are the same each time, from −1 to 1. */
const noise = (i: number) => (Math.imul(i + 1, 2654435761) >>> 8) / 2 ** 23 - 1;
const matrix = Float32Array.from({ length: WIDTH * PIXELS }, (_, i) => noise(i) / 32);
const bias = Float32Array.from({ length: WIDTH }, (_, i) => noise(7 * i));
const images = Array.from({ length: 12 }, (_, n) =>
  Uint8Array.from({ length: PIXELS }, (_, i) => 128 + 120 * noise(1000 * n + i)),
);

let work: string;
let pictures: string[];
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-families-'));
  pictures = images.map((_, n) => join(work, `${n}.png`));
  await Promise.all(images.map((pixels, n) => writeFile(pictures[n], encodePng(pixels, SIDE))));
});
afterAll(() => rm(work, { recursive: true }));

/** A checkpoint of the family. */
async function checkpoint(
  changed: object = {},
  files: Readonly<Record<string, string>> = { 'tiny.txt': 'tiny' },
) {
  const directory = await mkdtemp(join(work, 'hf-'));
  await mkdir(join(directory, 'notes'));
  await writeFile(join(directory, 'config.json'), JSON.stringify({ ...config, ...changed }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, 'notes', name), text);
  const tensors = [
    { name: 'tiny.layer.weight', shape: [WIDTH, PIXELS], values: matrix },
    { name: 'tiny.layer.bias', shape: [WIDTH], values: bias },
    { name: 'tiny.head.weight', shape: [2], values: Float32Array.of(1, 2) },
  ];
  await writeFile(join(directory, 'model.safetensors'), encodeSafetensors(tensors));
  return directory;
}

const convert = async (source: string, name: string) => {
  const target = join(work, name);
  const report = await convertCheckpoint({
    source,
    target,
    dtype: 'float32',
    converterVersion: '1',
    families,
  });
  return { target, report };
};

/** What the family computes, by hand, of some of the images. */
async function writeReference(): Promise<string> {
  const items = images.slice(0, 3).map((pixels, n) => {
    const vector = bias.map((b, row) => {
      let sum = b;
      for (let i = 0; i < PIXELS; i++) sum += (matrix[row * PIXELS + i] * pixels[i]) / 255;
      return sum;
    });
    return { image: `${n}.png`, vector: Buffer.from(vector.buffer).toString('base64') };
  });
  const path = join(work, 'reference.json');
  await writeFile(path, JSON.stringify({ made_by: 'hand', versions: {}, items }));
  return path;
}

describe('a family that Triptych does not have', () => {
  it('is converted, inspected, served and validated, quantised, and validated again', async () => {
    const source = await checkpoint();
    const { target, report } = await convert(source, 'model');
    expect(report).toMatchObject({ architecture: 'tiny', tensors: 2, leftOut: ['tiny.head.weight'] });
    expect(await readFile(join(target, 'notes/tiny.txt'), 'utf8')).toBe('tiny');
    for (const path of [source, target]) {
      const { architecture, check } = await inspectModel(path, families);
      expect({ architecture, check }).toEqual({
        architecture: 'tiny',
        check: { missing: [], misshapen: [], unused: [] },
      });
    }
    const reference = await writeReference();
    const float = await validate(target, { reference }, families);
    expect(float.passed).toBe(true);
    expect(float.cosine.min).toBeGreaterThan(1 - 1e-9);

    const int8 = join(work, 'int8');
    const inputs = { audio: [], images: pictures, texts: [] };
    const request = { source: target, target: int8, inputs, converterVersion: '1', families };
    const { written, towers } = await quantizeModel(request);
    expect(written).toBe(true);
    expect(towers.map(({ name, sites }) => [name, sites.map((site) => site.int8)])).toEqual([
      ['image', [true]],
    ]);
    expect(await validate(int8, { reference }, families)).toMatchObject({ passed: true });
  });

  it('is refused where it asks for what it does not do, by the name of that', async () => {
    const cases = [
      [await checkpoint({ activation: 'relu' }), /activation must be one of none, found "relu"/],
      [await checkpoint({ width: undefined }), /width must be a positive integer, found nothing/],
      [await checkpoint({}, {}), /notes\/tiny.txt is missing/],
      [await checkpoint({ width: 2 }), /tensor layer.bias: expected shape \[2\], found \[64\]/],
    ] as const;
    for (const [source, message] of cases) await expect(convert(source, 'never')).rejects.toThrow(message);
  });

  it('is not known to who does not bring it: the error names what is, and the keys that were looked at', async () => {
    const failure = inspectModel(await checkpoint());
    await expect(failure).rejects.toMatchObject({ reason: 'ARCHITECTURE_UNKNOWN' });
    await expect(failure).rejects.toThrow(
      /config.json: .*architectures \["TinyModel"\], model_type "tiny".*whisper-encoder \(.*clip \(CLIPModel/,
    );
  });
});
