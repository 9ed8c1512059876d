import type { ClientDuplexStream } from '@grpc/grpc-js';
import type {
  AudioChunk,
  AudioStreamConfig,
  AudioStreamResponse__Output,
  TranscribeStreamConfig,
  TranscribeStreamResponse__Output,
} from '@triptych/protocol';
import { asBuffer } from './bytes.js';
import { openDuplex } from './duplex.js';

export interface SendOptions {
  /** Encode what is buffered now, as a partial window. */
  readonly flush?: boolean;
  /** Number of this chunk. Default: one more than the last. */
  readonly sequence?: number;
}

/** One `AudioEncoder.EncodeStream` call. */
export type AudioStream = LiveStream<AudioStreamConfig, AudioStreamResponse__Output>;

/** One `Transcriber.TranscribeStream` call: `ready`, each `update`, then `summary`. */
export type TranscriptStream = LiveStream<TranscribeStreamConfig, TranscribeStreamResponse__Output>;

/** A stream of audio over whichever wire. */
export interface LiveStream<Config, Answer> {
  /** Sends the config; call it first, once. */
  configure(config: Config): void;
  /** Sends audio, in bytes of the format that was configured. Waits while the server is not reading: one send at a time. */
  send(data: Uint8Array, options?: SendOptions): Promise<void>;
  /** Tells the server that no more audio comes: it answers with the tail and the summary. */
  finish(): void;
  /** `ready`, each `window`, then `summary`. Throws a CallError. Read it while you send. */
  [Symbol.asyncIterator](): AsyncIterator<Answer>;
  cancel(): void;
}

/** Over gRPC. */
export function openLiveStream<Config, Answer>(
  call: ClientDuplexStream<{ config: Config } | { chunk: AudioChunk }, Answer>,
): LiveStream<Config, Answer> {
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
