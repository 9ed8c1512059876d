import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Sides of a rendered picture, in pixels. */
export const PICTURE_SIZE = 96;

/** A style that training never sees. */
export const HELD_OUT_STYLE = 'fluent-3d';

/** What `render-pictures.mjs` made. */
export interface Pictures {
  /** Of each concept. */
  readonly labels: readonly string[];
  readonly styles: readonly string[];
  /** RGB on white of a concept's picture in a style, where there is one. */
  readonly picture: (concept: number, style: string) => Buffer | undefined;
}

/** That, and what `speak.py` made. */
export interface Dataset extends Pictures {
  /** Recordings by voices that were never trained on: 16 kHz, 16 bit. */
  readonly heldOut: readonly { readonly concept: number; readonly pcm: Buffer }[];
}

interface Concept {
  readonly label: string;
  readonly imgs: Readonly<Record<string, number>>;
}

/** Concept, first sample, samples, 1 for a held-out voice. */
type Recording = readonly [number, number, number, 0 | 1];

/** Shortest recording that is encoded: 0.1 s. */
const SHORTEST = 1600;
/** The demo model's context, 4 s. */
const LONGEST = 64_000;

export async function readDataset(directory: string): Promise<Dataset> {
  const [pictures, heldOut] = await Promise.all([readPictures(directory), readHeldOutSpeech(directory)]);
  return { ...pictures, heldOut };
}

export async function readPictures(directory: string): Promise<Pictures> {
  const concepts = JSON.parse(await readFile(join(directory, 'data.json'), 'utf8')) as Concept[];
  const pictures = await readFile(join(directory, 'imgs.bin'));
  const bytes = PICTURE_SIZE * PICTURE_SIZE * 4;
  return {
    labels: concepts.map(({ label }) => label),
    styles: [...new Set(concepts.flatMap(({ imgs }) => Object.keys(imgs)))],
    picture: (concept, style) => {
      const index = concepts[concept].imgs[style];
      return index === undefined ? undefined : onWhite(pictures.subarray(index * bytes, (index + 1) * bytes));
    },
  };
}

async function readHeldOutSpeech(directory: string): Promise<Dataset['heldOut']> {
  const speech = await readFile(join(directory, 'speech.bin'));
  const recordings = JSON.parse(await readFile(join(directory, 'speech.json'), 'utf8')) as Recording[];
  return recordings
    .filter(([, , length, heldOut]) => heldOut === 1 && length >= SHORTEST)
    .map(([concept, start, length]) => ({
      concept,
      pcm: speech.subarray(2 * start, 2 * (start + Math.min(length, LONGEST))),
    }));
}

/** RGBA → RGB, as the model was trained on it. */
function onWhite(rgba: Buffer): Buffer {
  const rgb = Buffer.alloc((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] / 255;
    for (let c = 0; c < 3; c++) rgb[to + c] = Math.round(rgba[from + c] * alpha + 255 * (1 - alpha));
  }
  return rgb;
}
