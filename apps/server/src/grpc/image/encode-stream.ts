import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { ImageStreamRequest__Output, ImageStreamResponse } from '@triptych/protocol';
import { checkBatch } from '@triptych/validation';
import { BoundedAnswers } from '@triptych/engine';
import { type CallContext, messages, send } from '../call.js';
import { inField } from '../in-field.js';
import { takeMessage } from '../messages/unread-message.js';
import type { ServiceParts } from '../service-parts.js';
import { checkPart, readStreamConfig } from '../stream-messages.js';
import { batchWeight } from './batch-weight.js';
import { encodeBatch, imageStamp, planImages } from './image-request.js';

type Call = ServerDuplexStream<ImageStreamRequest__Output, ImageStreamResponse>;

/**
 * `ImageEncoder.EncodeStream`: config → ready, then batches → results as they are ready, then summary. The client is read
 * only as fast as its images are computed and its answers are taken.
 */
export async function encodeImageStream(
  { models, limits }: ServiceParts,
  call: Call,
  context: CallContext,
): Promise<void> {
  /** Counts out the bytes of the message that was read last. */
  let leave = () => undefined as void;
  const incoming = messages(
    call as ServerDuplexStream<ImageStreamRequest__Output, never>,
    context.signal,
    (unread) => {
      const taken = takeMessage(unread);
      ({ leave } = taken);
      return taken.message;
    },
  );
  try {
    const config = await readStreamConfig(incoming);
    leave();
    if (!config) return;
    const plan = inField('config', () =>
      planImages(models.serving('image', config.model), config.options, limits.maxPixels),
    );
    const write = (response: ImageStreamResponse) =>
      send(call as ServerDuplexStream<never, ImageStreamResponse>, response, context.signal);
    const { form, pooling } = plan.embedding;
    await write({
      ready: {
        stamp: imageStamp(plan),
        dimensions: form.dimensions || plan.model.image.dimensions(pooling),
        maxBatchImages: limits.maxImages,
      },
    });
    const answers = new BoundedAnswers<ImageStreamResponse>(limits.streamImages, 'as-ready', write);
    let [batches, images, failed] = [0, 0, 0];
    try {
      for await (const message of incoming) {
        const batch = checkPart(message, 'batch');
        if (batch.images.length > 0) checkBatch(batch.images.length, limits.maxImages, 'batch.images');
        batches++;
        images += batch.images.length;
        const leaveBatch = leave;
        const answer = async () => {
          const results = await encodeBatch(plan, batch.images, 'batch.images', context).finally(leaveBatch);
          failed += results.filter((result) => result.error).length;
          return { result: { batchId: batch.batchId, results } };
        };
        await answers.add(answer, batchWeight(batch.images, limits));
      }
    } finally {
      await answers.done();
    }
    await write({ summary: { batches, images, failed } });
  } finally {
    // Of one that was refused, or never begun because one before it failed.
    leave();
  }
}
