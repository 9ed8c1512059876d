import { once } from 'node:events';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { AudioStreamConfig, AudioStreamRequest, AudioStreamResponse__Output } from '@triptych/protocol';
import { CallError } from './call-error.js';

/** One `AudioEncoder.EncodeStream` call. */
export interface AudioStream {
  /** Sends the config; call it first, once. */
  configure(config: AudioStreamConfig): void;
  /** Sends audio, in bytes of the format that was configured. Waits while the server is not reading. */
  send(data: Uint8Array, options?: { flush?: boolean }): Promise<void>;
  /** Tells the server that no more audio comes: it answers with the tail and the summary. */
  finish(): void;
  /** `ready`, each `window`, then `summary`. Throws {@link CallError}. Read it while you send. */
  [Symbol.asyncIterator](): AsyncIterator<AudioStreamResponse__Output>;
  cancel(): void;
}

export function openAudioStream(call: ClientDuplexStream<AudioStreamRequest, AudioStreamResponse__Output>): AudioStream {
  let sequence = 0;
  let ended = false;
  call.once('status', () => (ended = true));
  // Whoever reads the stream gets its error; whoever only sends must not crash of it.
  call.on('error', () => (ended = true));
  return {
    configure: (config) => void call.write({ config }),
    async send(data, { flush = false } = {}) {
      if (ended) return;
      const chunk = { sequence: sequence++, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength), flush };
      if (call.write({ chunk })) return;
      await Promise.race([once(call, 'drain'), once(call, 'status')]).catch(() => undefined);
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
