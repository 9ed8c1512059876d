import type { EncodeImagesRequest__Output, EncodeImagesResponse } from '@triptych/protocol';
import { checkBatch } from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { ServiceParts } from '../service-parts.js';
import { encodeBatch, imageBytes, imageCost, imageStamp, planImages } from './image-request.js';

/** `ImageEncoder.Encode` */
export async function encodeImages(
  { models, limits }: ServiceParts,
  { model, images, options }: EncodeImagesRequest__Output,
  context: CallContext,
): Promise<EncodeImagesResponse> {
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
