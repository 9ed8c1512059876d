import type { EmbeddingBytes } from '@triptych/core';
import type { Encoder } from '@triptych/inference-core';
import type { CallContext } from '../call.js';
import type { Modality } from '@triptych/model-families';
import type { StageTimes } from '../observer.js';

/** An item's vector, and where its time went. */
export interface EncodedItem {
  readonly embedding: EmbeddingBytes;
  readonly timing: StageTimes;
}

/** The same with all of the encoder's frames, where the item wanted them. */
export interface EncodedFrames extends EncodedItem {
  readonly frames?: EmbeddingBytes | undefined;
}

/** Encodes an item that is ready for its encoder. Rejects as that does. */
export async function encodePrepared<Item>(
  encoder: Encoder<Item>,
  modality: Modality,
  item: Item,
  preprocessUs: number,
  context: CallContext,
): Promise<EncodedFrames> {
  context.observer.preprocessed(modality, preprocessUs);
  const { result, queueUs } = await encoder.encode(item, { ...context, wait: true });
  const timing = { preprocessUs, queueUs, inferenceUs: result.inferenceUs };
  context.trace.item(modality, timing);
  const { embedding, frames } = result;
  return { embedding, timing, ...(frames ? { frames } : {}) };
}
