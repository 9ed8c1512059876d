import type { AudioResult } from '@triptych/protocol';
import type { EmbeddingPlan } from '@triptych/validation';
import type { Encoder } from '@triptych/inference-core';
import type { ModalityName } from '../models/served-model.js';
import type { CallContext } from './call.js';
import { embeddingMessage } from './embedding-message.js';

/** Encodes an item that is ready for its encoder: the part of an answer that all modalities share. Rejects as that does. */
export async function encodePrepared<Item>(
  encoder: Encoder<Item>,
  modality: ModalityName,
  item: Item,
  { encoding }: Pick<EmbeddingPlan<string>, 'encoding'>,
  preprocessUs: number,
  context: CallContext,
): Promise<Required<Pick<AudioResult, 'embedding' | 'timing'>>> {
  context.metrics.preprocessed(modality, preprocessUs);
  const { result, queueUs } = await encoder.encode(item, { ...context, wait: true });
  const timing = { preprocessUs, queueUs, inferenceUs: result.inferenceUs };
  context.trace.item(modality, timing);
  return { embedding: embeddingMessage(result.embedding, encoding), timing };
}
