import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EmbeddingBytes } from '@triptych/core';
import { Encoder } from '@triptych/inference-core';
import { readModel } from '@triptych/model-families';
import type { TextItem, TextTower } from '@triptych/text-encoder';
import { describe, expect, it } from 'vitest';
import { maxDifference } from './compare.js';
import { readGolden } from './golden.js';
import { syntheticWeights } from './synthetic-weights.js';

const form = { normalize: true, dimensions: 0, numbers: 'float32' } as const;
const LENGTHS = [3, 300];
const FLOOD = 60;

/** Ids of so many tokens: the same for the same number. */
const ids = (length: number, seed: number) =>
  Array.from({ length }, (_, i) => 4 + ((i * 7919 + seed * 104729) % 290));

describe.each(['bert', 'roberta', 'mpnet'])('a text of a %s', (name) => {
  it('has the vector that it has alone, whatever is encoded at the same time', async () => {
    const file = fileURLToPath(new URL('../golden/sentence/', import.meta.url));
    const { metadata } = await readGolden(join(file, `${name}.safetensors`));
    const config = JSON.parse(metadata['config']) as Record<string, unknown>;
    const tower = readModel({ config }).text as TextTower;
    let batches = 0;
    const encoder = await Encoder.start<TextItem>(
      { ...tower, request: (items) => (batches++, tower.request(items)) },
      {
        name,
        threads: 2,
        instances: 0,
        queue: { maxItems: 1000, maxBytes: 1e8 },
        weights: () => Promise.resolve(syntheticWeights(tower.graph().weights)),
      },
    );
    const vector = async (item: TextItem) => {
      const { embedding } = (await encoder.encode(item)).result as { embedding: EmbeddingBytes };
      return new Float32Array(embedding.bytes.slice().buffer);
    };
    const items = Array.from({ length: FLOOD }, (_, i): TextItem => {
      const pooling = tower.poolings[i % 3];
      return { ids: ids(LENGTHS[i % 2], i), pooling, form };
    });
    const alone: Float32Array[] = [];
    for (const item of items) alone.push(await vector(item));
    const before = batches;
    const together = await Promise.all(items.map(vector));
    expect(batches - before).toBeLessThan(FLOOD / 2);
    for (const [i, found] of together.entries())
      expect(maxDifference(found, alone[i]), `text ${i}`).toBeLessThanOrEqual(1e-5);
    await encoder.close();
  });
});
