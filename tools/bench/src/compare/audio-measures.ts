import { AudioContext, TriptychClient } from '@triptych/client';
import { LeanClient } from '../lean-client.js';
import { flood } from '../measuring.js';
import { median, time } from '../statistics.js';
import type { Measures } from './measure.js';

const RATE = 16_000;
const CLIP_SECONDS = 3;
const CLIPS = 96;
const IN_FLIGHT = 16;

/** Clips of three seconds, one at a time and as many as may be. */
export async function audioMeasures(address: string): Promise<Measures> {
  const client = new TriptychClient(address, { ownConnections: true });
  const samples = Float32Array.from(
    { length: CLIP_SECONDS * RATE },
    (_, i) => 0.3 * Math.sin(i * 0.05) * Math.sin(i * 0.0007),
  );
  const data = Buffer.from(Int16Array.from(samples, (v) => v * 32767).buffer);
  const request = (context: AudioContext) => ({
    clips: [{ format: { encoding: 1 as const, sampleRateHz: RATE }, data }],
    context,
    options: { encoding: 2 as const },
  });
  const { AUDIO_CONTEXT_PADDED: padded, AUDIO_CONTEXT_TRIMMED: trimmed } = AudioContext;
  const lean = new LeanClient(address, request(trimmed));
  const several = async (count: number, context: AudioContext) => {
    const times: number[] = [];
    for (let i = 0; i < count; i++) times.push(await time(() => client.encodeAudio(request(context))));
    return median(times);
  };
  await several(3, padded);
  await flood(CLIPS, IN_FLIGHT, () => lean.call());
  return {
    all: [
      { name: '3 s clip, padded, time', run: () => several(5, padded) },
      { name: '3 s clip, trimmed, time', run: () => several(21, trimmed) },
      {
        name: 'trimmed clips a second, rate',
        run: async () => CLIPS / (await time(() => flood(CLIPS, IN_FLIGHT, () => lean.call()))),
      },
    ],
    close: () => {
      client.close();
      lean.close();
    },
  };
}
