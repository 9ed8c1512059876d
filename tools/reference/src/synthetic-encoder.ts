import type { EmbeddingBytes } from '@triptych/core';
import { Encoder, type EncoderParts } from '@triptych/inference-core';
import { syntheticWeights } from './synthetic-weights.js';

/** A tower with synthetic weights as it is served: a queue, batches and one session. */
export function startSynthetic<Item>(name: string, parts: EncoderParts<Item>): Promise<Encoder<Item>> {
  return Encoder.start<Item>(parts, {
    name,
    threads: 2,
    instances: 0,
    queue: { maxItems: 1000, maxBytes: 1e9 },
    weights: () => Promise.resolve(syntheticWeights(parts.graph().weights)),
  });
}

/** An item's vector, in float32. */
export async function vectorOf<Item>(encoder: Encoder<Item>, item: Item): Promise<Float32Array> {
  const { embedding } = (await encoder.encode(item)).result as { embedding: EmbeddingBytes };
  return new Float32Array(embedding.bytes.slice().buffer);
}
