import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AudioContext, AudioEncoding, type TriptychClient } from '@triptych/client';
import { root } from '../served-process.js';
import { oneClip } from '../speech.js';

/** What a client does over and over; it rejects, or tells of an item's error, where it is not answered. */
type Ask = (client: TriptychClient) => Promise<{ readonly reason: string } | null | undefined>;

const file = (path: string) => readFileSync(join(root, path));

const clip =
  (path: string): Ask =>
  async (client) => {
    const format = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
    const clips = [{ format, data: file(path) }];
    const { results } = await client.encodeAudio({ clips, context: AudioContext.AUDIO_CONTEXT_TRIMMED });
    return results[0].error;
  };

const image =
  (path: string): Ask =>
  async (client) =>
    (await client.encodeImages({ images: [{ encoded: file(path) }] })).results[0].error;

/** Every kind of unary call, each with something small. */
const calls = {
  ping: async (client) => {
    await client.listModels();
    return undefined;
  },
  text: async (client) => (await client.encodeTexts({ texts: ['a sailboat at sea'] })).results[0].error,
  pcm: async (client) => (await client.encodeAudio(oneClip())).results[0].error,
  wav: clip('examples/speech/pizza-a.wav'),
  flac: clip('libs/preprocessing/fixtures/speech.flac'),
  mp3: clip('libs/preprocessing/fixtures/speech-16k.mp3'),
  jpeg: image('tools/reference/images/photo-420.jpg'),
  png: image('examples/images/sailboat.png'),
  webp: image('tools/reference/images/lossy.webp'),
  avif: image('tools/reference/images/lossy.avif'),
} satisfies Record<string, Ask>;

export const asks: Readonly<Partial<Record<BystanderKind, Ask>>> = calls;

/** `stream`: live PCM in real time; `container-stream`: a WAV in real time. Their latency is how late windows are. */
export type BystanderKind = keyof typeof calls | 'stream' | 'container-stream';

export const bystanderKinds: readonly BystanderKind[] = [
  ...(Object.keys(calls) as (keyof typeof calls)[]),
  'stream',
  'container-stream',
];
