import type { CallContext } from '../call.js';
import { checkPrecomputed } from '@triptych/clip-engine';
import { TriptychError } from '@triptych/core';
import {
  type Embedding,
  type FailedItem,
  type Item__Output,
  type ItemError,
  readEmbedding,
} from '@triptych/protocol';
import type { Load } from '@triptych/engine';
import { encodeClip } from '../audio/encode-clips.js';
import { encodeImage, imageBytes, imageCost } from '../image/image-request.js';
import { inFieldAsync } from '../in-field.js';
import { encodeItems } from '../items.js';
import { encodeText, textBytes } from '../text/text-request.js';
import type { SpacePlan } from './space-plan.js';

/** An item's vector, of length 1, or why it has none. */
export type ItemVector = { readonly vector: Float32Array } | { readonly error: ItemError };

/** Vectors of items in their order. `field` names the items in the request. */
export function itemVectors(
  plan: SpacePlan,
  items: readonly Item__Output[],
  field: string,
  context: CallContext,
): Promise<ItemVector[]> {
  return encodeItems<Item__Output, ItemVector>(
    items,
    field,
    async (item) => ({ vector: await vectorOf(plan, item, context) }),
    (_, error) => ({ error }),
  );
}

/** One item's vector. A precomputed one is checked against the space. */
async function vectorOf(plan: SpacePlan, item: Item__Output, context: CallContext): Promise<Float32Array> {
  const { content, text, image, audio, embedding, space } = item;
  const valuesOf = ({ embedding }: { embedding?: Embedding | null }) =>
    embedding ? readEmbedding(embedding).values : new Float32Array(0);
  if (content === 'text')
    return valuesOf(await inFieldAsync('text', () => encodeText(plan.text(), textBytes(text), context)));
  if (image) return valuesOf(await inFieldAsync('image', () => encodeImage(plan.image(), image, context)));
  if (audio) {
    // That no model takes audio is nothing that is wrong with the clip.
    const audioPlan = plan.audio();
    return valuesOf(await inFieldAsync('audio', () => encodeClip(audioPlan, audio, context)));
  }
  if (embedding)
    return checkPrecomputed({ values: readEmbedding(embedding).values, space }, plan.model.shared);
  throw new TriptychError('ITEM_EMPTY', 'the item is empty; expected text, image, audio or embedding');
}

/** What items bring to the encoders of a space, with some texts beside. What was computed elsewhere is no work here. */
export function itemLoads(plan: SpacePlan, items: readonly Item__Output[], texts = 0): Load[] {
  const { name } = plan.model;
  const images = items.flatMap(({ image }) => image ?? []);
  const sentences = items.filter(({ content }) => content === 'text').length + texts;
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

/** Bytes of items as they came, their vectors and names among them. */
export function itemBytes(items: readonly Item__Output[]): number {
  return items.reduce((sum, { id, text, image, audio, embedding, space }) => {
    const images = image ? imageBytes([image]) : 0;
    const vectors = embedding ? embedding.raw.length + embedding.values.length : 0;
    return (
      sum + id.length + space.length + images + (audio?.data.length ?? 0) + (text?.length ?? 0) + vectors
    );
  }, 0);
}

/** Those that failed, by their place. */
export function failedItems(vectors: readonly ItemVector[]): FailedItem[] {
  return vectors.flatMap((one, index) => ('error' in one ? [{ index, error: one.error }] : []));
}

/** Those that did not fail, and their places. */
export function wholeItems(vectors: readonly ItemVector[]): { vectors: Float32Array[]; places: number[] } {
  const whole = vectors.flatMap((one, place) => ('vector' in one ? [{ place, vector: one.vector }] : []));
  return { vectors: whole.map(({ vector }) => vector), places: whole.map(({ place }) => place) };
}
