import { AudioEncoding, type AudioStreamResponse__Output } from '@triptych/protocol';
import { describe, expect, it } from 'vitest';
import type { AudioStream } from '../live-stream.js';
import { CallError } from '../call-error.js';
import { openResumingAudioStream } from './resuming-audio-stream.js';

const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: 16_000, channels: 1 };

/** A connection that is ready with a model, then breaks off. */
function connection(fingerprint: string): AudioStream {
  const ready = {
    ready: {
      stamp: { model: 'm', fingerprint, space: 's' },
      config: { format, hopMs: 500 },
      sampleRateHz: 16_000,
    },
  } as unknown as AudioStreamResponse__Output;
  return {
    configure: () => undefined,
    send: async () => undefined,
    finish: () => undefined,
    cancel: () => undefined,
    async *[Symbol.asyncIterator]() {
      yield ready;
      throw new CallError(14, 'gone', undefined);
    },
  };
}

async function answersOf(fingerprints: string[]): Promise<{ ready: number; failure: unknown }> {
  const open = () => connection(fingerprints.shift() ?? 'last');
  let ready = 0;
  try {
    for await (const answer of openResumingAudioStream(open, { format }, { firstWaitMs: 1, maxAttempts: 3 }))
      if (answer.ready) ready++;
  } catch (failure) {
    return { ready, failure };
  }
  return { ready, failure: undefined };
}

describe('a stream that goes on elsewhere', () => {
  it('fails where another model is served there: vectors of two are not mixed', async () => {
    const { ready, failure } = await answersOf(['a', 'b']);
    expect(ready).toBe(1);
    expect(failure).toMatchObject({ code: 9, message: expect.stringContaining('from a to b') as string });
  });

  it('goes on with the same model for as often as it may', async () => {
    expect(await answersOf(['a', 'a', 'a'])).toMatchObject({ ready: 1, failure: { code: 14 } });
  });
});
