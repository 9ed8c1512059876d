import type { ClientDuplexStream } from '@grpc/grpc-js';
import type {
  TranscribeStreamConfig,
  TranscribeStreamRequest,
  TranscribeStreamResponse__Output,
} from '@triptych/protocol';
import type { LiveStream } from './audio-stream.js';
import { asBuffer } from './bytes.js';
import { openDuplex } from './duplex.js';

/** One `Transcriber.TranscribeStream` call: `ready`, each `update`, then `summary`. */
export type TranscriptStream = LiveStream<TranscribeStreamConfig, TranscribeStreamResponse__Output>;

export function openTranscriptStream(
  call: ClientDuplexStream<TranscribeStreamRequest, TranscribeStreamResponse__Output>,
): TranscriptStream {
  const duplex = openDuplex(call);
  let next = 0;
  return {
    ...duplex,
    configure: (config) => void duplex.send({ config }),
    async send(data, { flush = false, sequence = next } = {}) {
      next = sequence + 1;
      await duplex.send({ chunk: { sequence, data: asBuffer(data), flush } });
    },
  };
}
