import { type AudioStreamConfig, readEmbedding, type TriptychClient } from '@triptych/client';
import { problemOf, TriptychError } from '@triptych/core';
import type { EncodedVector } from './encoded-vector.js';
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
  let failure: unknown;
  const sending = (async () => {
    for await (const chunk of source.open()) await audio.send(chunk);
    audio.finish();
  })().catch((thrown: unknown) => {
    failure = thrown;
    audio.cancel();
  });
  let sampleRate = 0;
  try {
    for await (const { ready, window } of audio) {
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
      };
    }
  } catch (thrown) {
    throw failure instanceof Error
      ? new TriptychError('FILE_UNREADABLE', `${source.name}: ${problemOf(failure)}`, { cause: failure })
      : thrown;
  } finally {
    audio.cancel();
    await sending;
  }
}
