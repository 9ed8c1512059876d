import type { EmbeddingBytes } from '@triptych/core';
import { Encoder, type EncoderOptions } from '@triptych/inference-core';
import { openModel } from '@triptych/model-families';
import type { TextTower } from '@triptych/text-encoder';
import type { ImageTower } from '@triptych/vision-encoder';
import { lowestCosine } from './compare.js';

const ITEMS = 120;
const form = { normalize: true, dimensions: 0, numbers: 'float32' } as const;

/** Numbers that look random and are the same each time, 0 to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lowest cosines between two models that are to be one: of gradients, stripes and noise, and of token ids at random. */
export async function unseenCosines(first: string, second: string): Promise<Record<string, number>> {
  const [a, b] = [await vectorsOf(first), await vectorsOf(second)];
  const lowest = (kind: 'images' | 'texts') =>
    Math.min(...a[kind].map((vector, i) => lowestCosine(vector, b[kind][i])));
  return { 'image: lowest cosine, unseen': lowest('images'), 'text: lowest cosine, unseen': lowest('texts') };
}

async function vectorsOf(path: string): Promise<{ images: Float32Array[]; texts: Float32Array[] }> {
  const { directory, model } = await openModel(path);
  const options: EncoderOptions = {
    name: 'unseen',
    threads: 0,
    instances: 0,
    queue: { maxItems: 1000, maxBytes: 1e9 },
    weights: async () => (await directory.load()).weights,
  };
  const vision = model.image as ImageTower;
  const encoder = await Encoder.start(vision, options);
  const images = await Promise.all(
    Array.from({ length: ITEMS }, (_, i) => picture(vision.recipe.inputSize, i)).map((pixels) =>
      encoder.encode({ pixels, pooling: 'projected', form }),
    ),
  );
  await encoder.close();
  const text = model.text as TextTower;
  const texts = await Encoder.start(text, options);
  const vectors = await Promise.all(
    Array.from({ length: ITEMS }, (_, i) => tokens(text.maxTokens, i)).map((ids) =>
      texts.encode({ ids, pooling: 'projected', form }),
    ),
  );
  await texts.close();
  const values = ({ result }: { result: { embedding: EmbeddingBytes } }) =>
    new Float32Array(result.embedding.bytes.slice().buffer);
  return { images: images.map(values), texts: vectors.map(values) };
}

function picture(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const next = random(seed + 1);
  const [angle, frequency, noise] = [next() * 6.3, next() * 0.3, next() * 200];
  const phases = [next() * 6.3, next() * 6.3, next() * 6.3];
  return Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size)];
    const wave = Math.sin(frequency * (x * Math.cos(angle) + y * Math.sin(angle)) + phases[i % 3]);
    return Math.max(0, Math.min(255, 128 + 100 * wave + noise * (next() - 0.5)));
  });
}

function tokens(positions: number, seed: number): number[] {
  const next = random(seed + 1001);
  const length = 1 + Math.floor(next() * (positions - 3));
  return [START, ...Array.from({ length }, () => Math.floor(next() * START)), START + 1];
}

/** Of the demo's vocabulary: everything below it is a word or a part of one. */
const START = 3197;
