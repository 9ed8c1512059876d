import { AudioEncoding, type AudioStreamResponse__Output } from '@triptych/protocol';
import { describe, expect, it } from 'vitest';
import { CallError } from '../call-error.js';
import type { AudioStream } from '../live-stream.js';
import { openResumingAudioStream, type ResumableConfig } from './resuming-audio-stream.js';

const pcm = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: 16_000, channels: 1 };

/** A connection of windows of a second that answers nothing more, and is over when it is told. */
function connection(sent: number[], format = pcm) {
  let end: (thrown: CallError) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => (end = reject));
  ended.catch(() => undefined);
  const ready = { config: { format, windowMs: 1000, hopMs: 1000 }, sampleRateHz: 16_000 };
  const stream: AudioStream = {
    configure: () => undefined,
    send: async ({ length }) => void sent.push(length),
    finish: () => undefined,
    cancel: () => end(new CallError(1, 'cancelled', undefined)),
    async *[Symbol.asyncIterator]() {
      yield { ready } as unknown as AudioStreamResponse__Output;
      await ended;
    },
  };
  return { stream, end };
}

/** What has settled after all that is due. */
async function isSettled(work: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void work.finally(() => (settled = true)).catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

async function open(maxLogBytes: number, config: ResumableConfig = { format: pcm }) {
  const sent: number[] = [];
  const { stream, end } = connection(sent);
  const audio = openResumingAudioStream(() => stream, config, { maxLogBytes });
  const answers = audio[Symbol.asyncIterator]();
  await answers.next();
  return { audio, answers, sent, end };
}

describe('audio that a resuming stream keeps', () => {
  it('is what a window takes, however little it may be: none would be answered before', async () => {
    const { audio } = await open(1);
    const chunk = new Uint8Array(3200);
    // A window, and what leads up to it.
    for (let i = 0; i < 12; i++) expect(await isSettled(audio.send(chunk))).toBe(true);
    expect(await isSettled(audio.send(new Uint8Array(6400)))).toBe(true);
    expect(await isSettled(audio.send(chunk))).toBe(false);
    audio.cancel();
  });

  it.each([AudioEncoding.AUDIO_ENCODING_CONTAINER, 'AUDIO_ENCODING_CONTAINER'] as const)(
    'is none of a container beyond the bound, by number and by name: %s',
    async (encoding) => {
      const { audio, sent } = await open(10, { format: { encoding } });
      for (let i = 0; i < 3; i++) expect(await isSettled(audio.send(new Uint8Array(8)))).toBe(true);
      expect(sent).toEqual([8, 8, 8]);
      audio.cancel();
    },
  );

  it('is none once the stream has failed: who still sends is let go', async () => {
    const { audio, answers, sent, end } = await open(10);
    end(new CallError(7, 'no', { reason: 'METHOD_DENIED', violations: [] }));
    await expect(answers.next()).rejects.toMatchObject({ code: 7 });
    const chunk = new Uint8Array(1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 32; i++) expect(await isSettled(audio.send(chunk))).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * chunk.length);
    expect(sent).toEqual([]);
  });
});
