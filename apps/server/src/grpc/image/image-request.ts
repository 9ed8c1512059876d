import type { CallContext } from '../call.js';
import type { Image__Output, ImageResult, ModelStamp } from '@triptych/protocol';
import {
  checkEmbeddingOptions,
  checkImage,
  type EmbeddingPlan,
  type RequestedEmbedding,
} from '@triptych/validation';
import type { VisionPooling } from '@triptych/vision-encoder';
import type { Serving } from '../../models/served-model.js';
import { encodePrepared } from '../encode-prepared.js';
import { encodeItems } from '../items.js';
import { decodeMs } from './decode-ms.js';

/** What an image is encoded with, checked and complete. */
export interface ImagePlan {
  readonly model: Serving<'image'>;
  readonly embedding: EmbeddingPlan<VisionPooling>;
  readonly maxPixels: number;
}

/** Throws POOLING_UNSUPPORTED, ENUM_UNKNOWN or DIMENSIONS_INVALID. */
export function planImages(
  model: Serving<'image'>,
  options: RequestedEmbedding | null,
  maxPixels: number,
): ImagePlan {
  return { model, embedding: checkEmbeddingOptions(options, model.image), maxPixels };
}

export function imageStamp({ model, embedding }: ImagePlan): ModelStamp {
  const { name, fingerprint, image } = model;
  return { model: name, fingerprint, space: image.space(embedding.pooling) };
}

/** Every image on its own, so that a bad one fails alone; `field` is where they stand in the message. */
export function encodeBatch(
  plan: ImagePlan,
  images: readonly Image__Output[],
  field: string,
  context: CallContext,
): Promise<ImageResult[]> {
  return encodeItems<Image__Output, ImageResult>(
    images,
    field,
    (image) => encodeImage(plan, image, context),
    ({ id }, error) => ({ id, error }),
  );
}

/** One image, by a plan. Throws IMAGE_* errors, and as the encoder does. */
export function encodeImage(
  plan: ImagePlan,
  image: Image__Output,
  context: CallContext,
): Promise<ImageResult> {
  const item = { ...context, cost: imageCost(image, plan.maxPixels) };
  return context.admission.item({ model: plan.model.name, modality: 'image' }, item, () =>
    decodeAndEncode(plan, image, context),
  );
}

async function decodeAndEncode(
  { model, embedding, maxPixels }: ImagePlan,
  image: Image__Output,
  context: CallContext,
): Promise<ImageResult> {
  const { preprocessor, recipe, encoder } = model.image;
  const { pixels, preprocessUs } = await preprocessor.prepare(checkImage(image, maxPixels), recipe, context);
  const item = { pixels, pooling: embedding.pooling, form: embedding.form };
  return {
    id: image.id,
    ...(await encodePrepared(encoder, 'image', item, embedding, preprocessUs, context)),
  };
}

/** Decoding for so long counts as much as encoding a usual image. */
const MS_OF_COST = 20;

/** What an image is expected to cost, a small one being 1. */
export function imageCost(image: Image__Output, maxPixels: number): number {
  return 1 + decodeMs(image, maxPixels) / MS_OF_COST;
}

/** Bytes of images as they came. */
export function imageBytes(images: readonly Image__Output[]): number {
  return images.reduce((sum, { encoded, raw }) => sum + (raw?.data.length ?? encoded?.length ?? 0), 0);
}
