import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { AudioStreamConfig, AudioStreamRequest, AudioStreamResponse__Output } from '@triptych/protocol';
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

export function openAudioStream(
  call: ClientDuplexStream<AudioStreamRequest, AudioStreamResponse__Output>,
): AudioStream {
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
