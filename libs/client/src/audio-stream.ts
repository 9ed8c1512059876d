import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { AudioStreamConfig, AudioStreamRequest, AudioStreamResponse__Output } from '@triptych/protocol';
import { CallError } from './call-error.js';

export interface SendOptions {
  /** Encode what is buffered now, as a partial window. */
  readonly flush?: boolean;
  /** Number of this chunk. Default: one more than the last. */
  readonly sequence?: number;
}

/** One `AudioEncoder.EncodeStream` call. */
export interface AudioStream {
  /** Sends the config; call it first, once. */
  configure(config: AudioStreamConfig): void;
  /** Sends audio, in bytes of the format that was configured. Waits while the server is not reading: one send at a time. */
  send(data: Uint8Array, options?: SendOptions): Promise<void>;
  /** Tells the server that no more audio comes: it answers with the tail and the summary. */
  finish(): void;
  /** `ready`, each `window`, then `summary`. Throws {@link CallError}. Read it while you send. */
  [Symbol.asyncIterator](): AsyncIterator<AudioStreamResponse__Output>;
  cancel(): void;
}

export function openAudioStream(
  call: ClientDuplexStream<AudioStreamRequest, AudioStreamResponse__Output>,
): AudioStream {
  let next = 0;
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  call.once('status', end);
  // Whoever reads the stream gets its error; whoever only sends must not crash of it.
  call.on('error', end);
  call.on('drain', () => wake());
  return {
    configure: (config) => void call.write({ config }),
    async send(data, { flush = false, sequence = next } = {}) {
      if (ended) return;
      next = sequence + 1;
      const chunk = { sequence, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength), flush };
      if (call.write({ chunk })) return;
      await new Promise<void>((resolve) => (wake = resolve));
    },
    finish: () => void call.end(),
    cancel: () => call.cancel(),
    async *[Symbol.asyncIterator]() {
      try {
        for await (const answer of call) yield answer as AudioStreamResponse__Output;
      } catch (thrown) {
        throw CallError.from(thrown as Error);
      }
    },
  };
}
