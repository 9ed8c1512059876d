import type { Pooling } from '@triptych/inference-core';
import {
  checkEmbeddingOptions,
  checkImage,
  type EmbeddingPlan,
  type RequestedEmbedding,
  type RequestedImage,
} from '@triptych/validation';
import { imageCost } from '../admission/costs.js';
import type { CallContext } from '../call.js';
import { type EncodedItem, encodePrepared } from '../items/encode-prepared.js';
import { type ModelStamp, stampOf } from '../items/stamp.js';
import type { Serving } from '../models/served-model.js';

/** What an image is encoded with, checked and complete. */
export interface ImagePlan {
  readonly model: Serving<'image'>;
  readonly embedding: EmbeddingPlan<Pooling>;
  readonly maxPixels: number;
}

/** Throws POOLING_UNSUPPORTED, ENUM_UNKNOWN or DIMENSIONS_INVALID. */
export function planImages(
  model: Serving<'image'>,
  options: RequestedEmbedding | null | undefined,
  maxPixels: number,
): ImagePlan {
  return { model, embedding: checkEmbeddingOptions(options, model.image), maxPixels };
}

export function imageStamp({ model, embedding }: ImagePlan): ModelStamp {
  return stampOf(model, model.image.space(embedding.pooling));
}

/** One image, by a plan. Throws IMAGE_* errors, and as the encoder does. */
export function encodeImage(
  plan: ImagePlan,
  image: RequestedImage,
  context: CallContext,
): Promise<EncodedItem> {
  const item = { ...context, cost: imageCost(image, plan.maxPixels) };
  return context.admission.item({ model: plan.model.name, modality: 'image' }, item, () =>
    decodeAndEncode(plan, image, context),
  );
}

async function decodeAndEncode(
  { model, embedding, maxPixels }: ImagePlan,
  image: RequestedImage,
  context: CallContext,
): Promise<EncodedItem> {
  const { preprocessor, recipe, encoder } = model.image;
  const { pixels, preprocessUs } = await preprocessor.prepare(checkImage(image, maxPixels), recipe, context);
  const item = { pixels, pooling: embedding.pooling, form: embedding.form };
  return encodePrepared(encoder, 'image', item, preprocessUs, context);
}
