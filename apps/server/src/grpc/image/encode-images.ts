import type { EncodeImagesRequest__Output, EncodeImagesResponse } from '@triptych/protocol';
import { checkBatch } from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { ServiceParts } from '../service-parts.js';
import { encodeBatch, imageBytes, imageStamp, planImages } from './image-request.js';

/** `ImageEncoder.Encode` */
export async function encodeImages(
  { models, admission, limits }: ServiceParts,
  { model, images, options }: EncodeImagesRequest__Output,
  context: CallContext,
): Promise<EncodeImagesResponse> {
  const plan = planImages(models.serving('image', model), options, limits.maxPixels);
  checkBatch(images.length, limits.maxImages, 'images');
  const load = {
    lane: `${plan.model.name}/image`,
    items: images.length,
    bytes: imageBytes(images),
    deadline: context.deadline,
  };
  const results = await admission.run(load, () => encodeBatch(plan, images, 'images', context));
  return { stamp: imageStamp(plan), results };
}
