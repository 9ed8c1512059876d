import { decodeEmbedding, type EmbeddingNumbers } from '@triptych/core';
import { type RequestedImage, textBytes } from '@triptych/validation';
import type { Load } from '../admission/admission.js';
import { imageBytes, imageCost } from '../admission/costs.js';
import type { CallContext } from '../call.js';
import type { AudioClip } from '../audio/encode-clips.js';
import type { SpacePlan } from './space-plan.js';

/** Something that is compared: a text, an image, a clip, or a vector that was made of one earlier. One of them is there. */
export interface ComparedItem {
  /** Given back with what it was compared with. */
  readonly id?: string | undefined;
  /** Or its bytes in UTF-8. */
  readonly text?: string | Uint8Array | undefined;
  readonly image?: RequestedImage | undefined;
  readonly audio?: AudioClip | undefined;
  readonly embedding?: GivenEmbedding | undefined;
  /** Where items are fused, how much it counts among the others: 0 or more. Default: 1. */
  readonly weight?: number | undefined;
}

/** A vector that was made earlier, and the space it came with: values, or the bytes that they were sent as. */
export type GivenEmbedding = { readonly space: string } & (
  | { readonly values: Float32Array }
  | { readonly bytes: Uint8Array; readonly encoding: EmbeddingNumbers; readonly scale: number }
);

/** Its values. Throws EMBEDDING_INVALID. */
export function embeddingValues(embedding: GivenEmbedding): Float32Array {
  if ('values' in embedding) return embedding.values;
  return decodeEmbedding(embedding.bytes, embedding.encoding, embedding.scale);
}

/** What items bring to the encoders of a space, with some texts beside. What was computed elsewhere is no work here. */
export function itemLoads(plan: SpacePlan, items: readonly ComparedItem[], texts = 0): Load[] {
  const { name } = plan.model;
  const images = items.flatMap(({ image }) => image ?? []);
  const sentences = items.filter(({ text }) => text !== undefined).length + texts;
  const clips = items.filter(({ audio }) => audio).length;
  const imagesCost = images.reduce((sum, image) => sum + imageCost(image, plan.image().maxPixels), 0);
  const loads = [
    { model: name, modality: 'text', items: sentences, cost: sentences },
    { model: name, modality: 'image', items: images.length, cost: imagesCost },
    { model: plan.audioModel, modality: 'audio', items: clips, cost: clips },
  ];
  // Clips that no model takes fail one by one.
  return loads.flatMap(({ model, ...load }) => (model && load.items > 0 ? [{ model, ...load }] : []));
}

/** Bytes that items hold, or their whole message where that is more. */
export function cameBytes(items: readonly ComparedItem[], { messageBytes = 0 }: CallContext): number {
  return Math.max(itemBytes(items), messageBytes);
}

/** Bytes of items as they came, their vectors and names among them. */
function itemBytes(items: readonly ComparedItem[]): number {
  return items.reduce((sum, { id = '', text = '', image, audio, embedding }) => {
    const images = image ? imageBytes([image]) : 0;
    const vectors = embedding ? embedding.space.length + vectorBytes(embedding) : 0;
    return sum + id.length + images + (audio?.data.length ?? 0) + textBytes(text) + vectors;
  }, 0);
}

function vectorBytes(embedding: GivenEmbedding): number {
  return 'values' in embedding ? embedding.values.byteLength : embedding.bytes.length;
}
