import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AudioContext, type EncodeAudioRequest } from '@triptych/client';
import { root } from './served-process.js';

export const RATE = 16_000;
export const format = { encoding: 1 as const, sampleRateHz: RATE };

/** Some of the sample recordings, one after the other, as 16-bit PCM. */
export function speech(): Buffer {
  const names = ['pizza-a', 'volcano-b', 'sailboat-a', 'cherries-b'];
  return Buffer.concat(
    names.map((name) => readFileSync(join(root, `examples/speech/${name}.wav`)).subarray(44)),
  );
}

/** One clip of two seconds a call. */
export function oneClip(): EncodeAudioRequest {
  return {
    clips: [{ format, data: speech().subarray(0, 4 * RATE) }],
    context: AudioContext.AUDIO_CONTEXT_TRIMMED,
  };
}
