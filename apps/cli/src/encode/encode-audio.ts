import { type AudioStreamConfig, readEmbedding, type TriptychClient } from '@triptych/client';
import type { EncodedVector } from './encoded-vector.js';
import { exchange } from './exchange.js';
import { checkSame, type Identity } from './identity.js';
import type { AudioSource } from './sources.js';

/** Streams one source to the server. Windows that fail are reported and left out; a broken source throws. */
export async function* encodeAudio(
  client: TriptychClient,
  source: AudioSource,
  config: Omit<AudioStreamConfig, 'format'>,
  identity: Identity,
  onWindowError: (message: string) => void,
): AsyncGenerator<EncodedVector> {
  const audio = client.streamAudio();
  audio.configure({ ...config, format: source.format });
  let sampleRate = 0;
  for await (const { ready, window } of exchange(audio, source)) {
    if (ready) {
      checkSame(identity, ready.stamp);
      sampleRate = ready.sampleRateHz;
    }
    if (!window) continue;
    if (!window.embedding) {
      onWindowError(`${source.name}: window ${window.index}: ${window.error?.message ?? 'no vector'}`);
      continue;
    }
    const { values, shape } = readEmbedding(window.embedding);
    yield {
      source: source.name,
      window: window.index,
      startS: window.startSample / sampleRate,
      endS: window.endSample / sampleRate,
      identity,
      shape,
      values,
      ...(window.transcript ? { text: window.transcript.text, transcript: window.transcript } : {}),
    };
  }
}
