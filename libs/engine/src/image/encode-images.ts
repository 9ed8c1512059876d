import { checkBatch, type RequestedEmbedding, type RequestedImage } from '@triptych/validation';
import { imageBytes, imageCost } from '../admission/costs.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import type { ItemResult } from '../items/encode-items.js';
import type { EncodedItem } from '../items/encode-prepared.js';
import type { ModelStamp } from '../items/stamp.js';
import { encodeBatch, imageStamp, planImages } from './image-plan.js';

export interface EncodeImagesRequest {
  /** Default: the first that takes images. */
  readonly model?: string | undefined;
  readonly images: readonly RequestedImage[];
  readonly options?: RequestedEmbedding | null | undefined;
}

export interface EncodedImages {
  readonly stamp: ModelStamp;
  readonly results: readonly ItemResult<EncodedItem>[];
}

/** Encodes every image on its own, so that a bad one fails alone. */
export async function encodeImages(
  { models, limits }: EngineParts,
  { model, images, options }: EncodeImagesRequest,
  context: CallContext,
): Promise<EncodedImages> {
  const plan = planImages(models.serving('image', model), options, limits.maxPixels);
  checkBatch(images.length, limits.maxImages, 'images');
  const bytes = imageBytes(images);
  const cost = images.reduce((sum, image) => sum + imageCost(image, limits.maxPixels), 0);
  const loads = [{ model: plan.model.name, modality: 'image', items: images.length, cost }];
  const results = await context.admission.run({ ...context, bytes, loads }, () =>
    encodeBatch(plan, images, 'images', context),
  );
  return { stamp: imageStamp(plan), results };
}
