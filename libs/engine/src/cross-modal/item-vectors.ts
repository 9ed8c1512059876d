import { checkPrecomputed } from '@triptych/clip-engine';
import { decodeEmbedding, TriptychError } from '@triptych/core';
import { encodeClip } from '../audio/encode-clips.js';
import type { CallContext } from '../call.js';
import { encodeImage } from '../image/image-plan.js';
import { encodeItems, type FailedItem, type ItemResult } from '../items/encode-items.js';
import type { EncodedItem } from '../items/encode-prepared.js';
import { inFieldAsync } from '../items/in-field.js';
import { encodeText } from '../text/text-plan.js';
import { type ComparedItem, embeddingValues } from './compared-item.js';
import type { SpacePlan } from './space-plan.js';

/** An item's vector, of length 1, or why it has none. */
export type ItemVector = ItemResult<{ readonly vector: Float32Array }>;

/** An item that failed, and its place among the others. */
export interface FailedPlace extends FailedItem {
  readonly index: number;
}

/** Vectors of items in their order. `field` names the items in the request, and `places` where they stand there, unless they are all of it. */
export function itemVectors(
  plan: SpacePlan,
  items: readonly ComparedItem[],
  field: string,
  context: CallContext,
  places?: readonly number[],
): Promise<ItemVector[]> {
  const encode = async (item: ComparedItem) => ({ vector: await vectorOf(plan, item, context) });
  return encodeItems(items, field, encode, places);
}

/** One item's vector. A precomputed one is checked against the space. */
async function vectorOf(plan: SpacePlan, item: ComparedItem, context: CallContext): Promise<Float32Array> {
  const { text, image, audio, embedding } = item;
  if (text !== undefined)
    return valuesOf(await inFieldAsync('text', () => encodeText(plan.text(), text, context)));
  if (image) return valuesOf(await inFieldAsync('image', () => encodeImage(plan.image(), image, context)));
  if (audio) {
    // That no model takes audio is nothing that is wrong with the clip.
    const audioPlan = plan.audio();
    return valuesOf(await inFieldAsync('audio', () => encodeClip(audioPlan, audio, context)));
  }
  if (embedding) {
    const { space } = embedding;
    return checkPrecomputed({ values: embeddingValues(embedding), space }, plan.model.shared);
  }
  throw new TriptychError('ITEM_EMPTY', 'the item is empty; expected text, image, audio or embedding');
}

/** The values of a vector that a space's plan made: float32. */
export function valuesOf({ embedding }: EncodedItem): Float32Array {
  return decodeEmbedding(embedding.bytes, 'float32', embedding.scale);
}

/** Those that failed, by their place. */
export function failedItems(vectors: readonly ItemVector[]): FailedPlace[] {
  return vectors.flatMap((one, index) => ('error' in one ? [{ index, error: one.error }] : []));
}

/** Those that did not fail, and their places. */
export function wholeItems(vectors: readonly ItemVector[]): { vectors: Float32Array[]; places: number[] } {
  const whole = vectors.flatMap((one, place) => ('vector' in one ? [{ place, vector: one.vector }] : []));
  return { vectors: whole.map(({ vector }) => vector), places: whole.map(({ place }) => place) };
}
