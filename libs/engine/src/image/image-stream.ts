import type { RequestedEmbedding, RequestedImage } from '@triptych/validation';
import { batchWeight } from '../admission/batch-weight.js';
import { decodeMs, imageBytes } from '../admission/costs.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { type BatchStream, batchStream, type BatchStreamOptions } from '../items/batch-stream.js';
import { encodeImage, imageStamp, planImages } from './image-plan.js';

export interface ImageStreamRequest extends BatchStreamOptions {
  /** Default: the first that takes images. */
  readonly model?: string | undefined;
  readonly options?: RequestedEmbedding | null | undefined;
}

/** Throws MODEL_NOT_FOUND, POOLING_UNSUPPORTED and other errors of what was asked for. */
export function openImageStream(
  { models, limits }: EngineParts,
  { model, options, order }: ImageStreamRequest,
  context: CallContext,
): BatchStream<RequestedImage> {
  const plan = planImages(models.serving('image', model), options, limits.maxPixels);
  const { form, pooling } = plan.embedding;
  return batchStream({
    ready: {
      stamp: imageStamp(plan),
      dimensions: form.dimensions || plan.model.image.dimensions(pooling),
      maxBatchItems: limits.maxImages,
    },
    order,
    field: 'batch.images',
    limit: limits.streamImages,
    weight: (images) => {
      const decoding = images.reduce((sum, image) => sum + decodeMs(image, limits.maxPixels), 0);
      return batchWeight(
        { items: images.length, bytes: imageBytes(images), decodeMs: decoding },
        limits.streamImages,
      );
    },
    encode: (image) => encodeImage(plan, image, context),
    close: () => models.end(),
  });
}
