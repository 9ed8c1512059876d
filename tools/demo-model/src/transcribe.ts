import { AudioEncoding, type TriptychClient } from '@triptych/client';

/** Recordings that are written down side by side. */
const AT_ONCE = 8;
const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: 16_000 };

/** What a server writes down of recordings, 16 bit at 16 kHz: greedily, each as one segment. */
export async function transcribeSpeech(
  client: TriptychClient,
  recordings: readonly Buffer[],
): Promise<string[]> {
  const texts: string[] = [];
  let next = 0;
  const work = async () => {
    for (let i = next++; i < recordings.length; i = next++) {
      const options = { withoutTimestamps: true, withoutFallback: true };
      texts[i] = (await client.transcribe({ format, data: recordings[i], options })).text;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return texts;
}
