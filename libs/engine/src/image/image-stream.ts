import { checkBatch, type RequestedEmbedding, type RequestedImage } from '@triptych/validation';
import { batchWeight } from '../admission/batch-weight.js';
import { BoundedAnswers } from '../admission/bounded-answers.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { encodeItems, type ItemResult } from '../items/encode-items.js';
import type { EncodedItem } from '../items/encode-prepared.js';
import type { ModelStamp } from '../items/stamp.js';
import { encodeImage, imageStamp, planImages } from './image-plan.js';

export interface ImageStreamRequest {
  /** Default: the first that takes images. */
  readonly model?: string | undefined;
  readonly options?: RequestedEmbedding | null | undefined;
}

/** Images that are sent together. */
export interface ImageBatch<Tag> {
  readonly images: readonly RequestedImage[];
  /** Given back with the results: all that is kept of a batch once its images are encoded. */
  readonly tag: Tag;
  /** Called once its images are encoded. */
  readonly done?: (() => void) | undefined;
}

export interface EncodedBatch<Tag> {
  readonly tag: Tag;
  readonly results: readonly ItemResult<EncodedItem>[];
}

export interface ImageStreamSummary {
  readonly batches: number;
  readonly images: number;
  readonly failed: number;
}

/** A stream of batches whose request has been checked: {@link run} or {@link close} it. */
export interface ImageStream {
  readonly ready: {
    readonly stamp: ModelStamp;
    /** Values of a vector. */
    readonly dimensions: number;
    /** Most images of a batch. */
    readonly maxBatchImages: number;
  };
  /**
   * Encodes batches to the end of the stream; `write` is given them as they are ready, one at a time. Batches are taken only as fast
   * as images are computed and results are written. A failure is thrown once the batches before it have been written.
   */
  run<Tag>(
    batches: AsyncIterable<ImageBatch<Tag>>,
    write: (batch: EncodedBatch<Tag>) => Promise<void>,
  ): Promise<ImageStreamSummary>;
  close(): void;
}

/** Throws MODEL_NOT_FOUND, POOLING_UNSUPPORTED and other errors of what was asked for. */
export function openImageStream(
  { models, limits }: EngineParts,
  { model, options }: ImageStreamRequest,
  context: CallContext,
): ImageStream {
  const plan = planImages(models.serving('image', model), options, limits.maxPixels);
  const { form, pooling } = plan.embedding;
  return {
    ready: {
      stamp: imageStamp(plan),
      dimensions: form.dimensions || plan.model.image.dimensions(pooling),
      maxBatchImages: limits.maxImages,
    },
    run: async <Tag>(
      batches: AsyncIterable<ImageBatch<Tag>>,
      write: (batch: EncodedBatch<Tag>) => Promise<void>,
    ) => {
      const answers = new BoundedAnswers<EncodedBatch<Tag>>(limits.streamImages, 'as-ready', write);
      const summary = { batches: 0, images: 0, failed: 0 };
      try {
        for await (const { images, tag, done } of batches) {
          if (images.length > 0) checkBatch(images.length, limits.maxImages, 'batch.images');
          summary.batches++;
          summary.images += images.length;
          const answer = async () => {
            const encode = (image: RequestedImage) => encodeImage(plan, image, context);
            const results = await encodeItems(images, 'batch.images', encode).finally(done);
            summary.failed += results.filter((result) => 'error' in result).length;
            return { tag, results };
          };
          await answers.add(answer, batchWeight(images, limits));
        }
      } finally {
        await answers.done().finally(() => models.end());
      }
      return summary;
    },
    close: () => models.end(),
  };
}
