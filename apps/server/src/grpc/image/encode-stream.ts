import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type Engine, type EngineCall, inFieldAsync } from '@triptych/engine';
import type { ImageStreamRequest__Output, ImageStreamResponse } from '@triptych/protocol';
import { send } from '../call.js';
import { readEmbeddingOptions } from '../embeddings.js';
import { takeMessage } from '../messages/unread-message.js';
import { checkPart, readStream } from '../stream-messages.js';
import { imageResults, readImage } from './images.js';

type Call = ServerDuplexStream<ImageStreamRequest__Output, ImageStreamResponse>;

/** `ImageEncoder.EncodeStream`: config → ready, then batches → results as they are ready, then summary. */
export async function encodeImageStream(engine: Engine, call: Call, context: EngineCall): Promise<void> {
  /** Counts out the bytes of the message that was read last. */
  let leave = () => undefined as void;
  const take = (unread: ImageStreamRequest__Output) => {
    const taken = takeMessage(unread);
    ({ leave } = taken);
    return taken.message;
  };
  const readBatch = (message: ImageStreamRequest__Output) => {
    const { batchId, images } = checkPart(message, 'batch');
    const tag = { batchId, ids: images.map(({ id }) => id) };
    return { items: images.map(readImage), tag, done: leave };
  };
  try {
    const { config, parts } = await readStream(call, context.signal, take, readBatch);
    leave();
    if (!config) return;
    const { options, encoding } = readEmbeddingOptions(config.options);
    const request = { model: config.model, options };
    const stream = await inFieldAsync('config', () => engine.openImageStream(request, context));
    const write = (response: ImageStreamResponse) => send(call, response, context.signal);
    try {
      const { stamp, dimensions, maxBatchItems } = stream.ready;
      await write({ ready: { stamp, dimensions, maxBatchImages: maxBatchItems } });
      const { batches, items, failed } = await stream.run(parts, ({ tag: { batchId, ids }, results }) =>
        write({ result: { batchId, results: imageResults(results, ids, encoding) } }),
      );
      await write({ summary: { batches, images: items, failed } });
    } finally {
      stream.close();
    }
  } finally {
    // Of one that was refused, or never begun because one before it failed.
    leave();
  }
}
