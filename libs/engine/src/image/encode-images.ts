import type { RequestedEmbedding, RequestedImage } from '@triptych/validation';
import { imageBytes, imageCost } from '../admission/costs.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { encodeCall } from '../items/encode-call.js';
import type { ItemResult } from '../items/encode-items.js';
import type { EncodedItem } from '../items/encode-prepared.js';
import type { ModelStamp } from '../items/stamp.js';
import { encodeImage, imageStamp, planImages } from './image-plan.js';

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

/** Encodes images. Throws as {@link encodeCall} and {@link planImages} do. */
export async function encodeImages(
  { models, limits }: EngineParts,
  { model, images, options }: EncodeImagesRequest,
  context: CallContext,
): Promise<EncodedImages> {
  const plan = planImages(models.serving('image', model), options, limits.maxPixels);
  const results = await encodeCall(
    {
      items: images,
      field: 'images',
      most: limits.maxImages,
      lane: { model: plan.model.name, modality: 'image' },
      bytes: (image) => imageBytes([image]),
      cost: (image) => imageCost(image, limits.maxPixels),
    },
    (image) => encodeImage(plan, image, context),
    context,
  );
  return { stamp: imageStamp(plan), results };
}
