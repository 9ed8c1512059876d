import { convertCheckpoint } from '@triptych/model-families';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AudioContext, type EncodeAudioRequest } from '@triptych/client';
import { whisperJson, whisperSizes, writeSyntheticCheckpoint } from '@triptych/reference';
import { ServerProcess } from './server-process.js';

export const RATE = 16_000;

/** A server in a process of its own with a Whisper-tiny-sized model, for as long as `work` takes. */
export async function withTinyServer<T>(work: (server: ServerProcess) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'triptych-load-'));
  try {
    const model = join(folder, 'tiny');
    await writeSyntheticCheckpoint(join(folder, 'hf'), whisperJson(whisperSizes.tiny));
    await convertCheckpoint({
      source: join(folder, 'hf'),
      target: model,
      dtype: 'float16',
      converterVersion: 'bench',
    });
    const server = await ServerProcess.start(model);
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Something with the spectrum of a voice, as 16-bit PCM. */
export function tone(seconds: number): Buffer {
  const samples = Int16Array.from(
    { length: seconds * RATE },
    (_, i) => 9000 * Math.sin(i * 0.05) * Math.sin(i * 0.0007),
  );
  return Buffer.from(samples.buffer);
}

export const contexts = {
  padded: AudioContext.AUDIO_CONTEXT_PADDED,
  trimmed: AudioContext.AUDIO_CONTEXT_TRIMMED,
} as const;

/** A live stream with windows of one second. */
export const liveConfig = {
  format: { encoding: 1 as const, sampleRateHz: RATE },
  windowMs: 1000,
  context: AudioContext.AUDIO_CONTEXT_TRIMMED,
  options: { encoding: 2 as const },
};

/** One clip a call. */
export function oneClip(data: Buffer, context: keyof typeof contexts): EncodeAudioRequest {
  return {
    clips: [{ format: { encoding: 1, sampleRateHz: RATE }, data }],
    context: contexts[context],
    options: { encoding: 2 },
  };
}
