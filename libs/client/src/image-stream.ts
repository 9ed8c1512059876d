import type { ClientDuplexStream } from '@grpc/grpc-js';
import type {
  Image,
  ImageStreamConfig,
  ImageStreamRequest,
  ImageStreamResponse__Output,
} from '@triptych/protocol';
import { openDuplex } from './duplex.js';

/** One `ImageEncoder.EncodeStream` call. */
export interface ImageStream {
  /** Sends the config; call it first, once. */
  configure(config: ImageStreamConfig): void;
  /** Sends a batch; its results carry `batchId`. Waits while the server is not reading: one send at a time. */
  send(batchId: number, images: readonly Image[]): Promise<void>;
  /** Tells the server that no more batches come: it answers with what is left and the summary. */
  finish(): void;
  /** `ready`, each `result` once it is there, then `summary`. Throws a CallError. Read it while you send. */
  [Symbol.asyncIterator](): AsyncIterator<ImageStreamResponse__Output>;
  cancel(): void;
}

export function openImageStream(
  call: ClientDuplexStream<ImageStreamRequest, ImageStreamResponse__Output>,
): ImageStream {
  const duplex = openDuplex(call);
  return {
    ...duplex,
    configure: (config) => void duplex.send({ config }),
    send: (batchId, images) => duplex.send({ batch: { batchId, images: [...images] } }),
  };
}
