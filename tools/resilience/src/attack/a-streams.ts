import {
  AudioContext,
  AudioEncoding,
  type AudioStreamConfig,
  type ImageStream,
  PixelFormat,
  type TriptychClient,
} from '@triptych/client';
import { format, RATE, speech } from '../speech.js';
import type { Attack } from './attack.js';
import { junkChunk, wavHead } from './hostile-audio.js';
import { keepsNothing, type Sending } from './keeping.js';
import { withSmallModel } from './small-model.js';

const HOUR_BYTES = 2 * RATE * 3600;
const MB = 1_000_000;
const CHUNK_BYTES = 64_000;

interface Sink {
  send(data: Uint8Array): Promise<void>;
  finish(): void;
  [Symbol.asyncIterator](): AsyncIterator<unknown>;
}

const config: AudioStreamConfig = { format, windowMs: 4000, context: AudioContext.AUDIO_CONTEXT_TRIMMED };

/** Streams of a model: of the default one where none is named. */
const plain =
  (model?: string) =>
  (client: TriptychClient): Sink => {
    const stream = client.streamAudio();
    stream.configure({ ...config, ...(model && { model }) });
    return stream;
  };
const resuming =
  (model?: string) =>
  (client: TriptychClient): Sink =>
    client.resumingAudio({ ...config, ...(model && { model }) });

/** What is said in it, as it is said. */
const transcribed = (client: TriptychClient): Sink => {
  const stream = client.streamTranscript();
  stream.configure({ format, partialIntervalMs: 1000 });
  return stream;
};

async function drain(answers: AsyncIterable<unknown>): Promise<void> {
  for await (const answer of answers) void answer;
}

/** Speech, over and over, as fast as it is taken. */
const audio =
  (open: (client: TriptychClient) => Sink, streams = 1): Sending =>
  async (client, bytes, sent) => {
    const recording = speech().subarray(0, CHUNK_BYTES);
    const one = async () => {
      const stream = open(client);
      const sending = (async () => {
        for (let left = bytes / streams; left > 0; left -= recording.length) {
          await stream.send(recording);
          sent(recording.length);
        }
        stream.finish();
      })();
      await Promise.all([drain(stream), sending]);
    };
    await Promise.all(Array.from({ length: streams }, one));
  };

const side = 1000;

/** Pictures of 3 MB each. */
const images =
  (open: (client: TriptychClient) => Omit<ImageStream, 'configure'>): Sending =>
  async (client, bytes, sent) => {
    const stream = open(client);
    const data = Buffer.alloc(3 * side * side, 90);
    const picture = { raw: { format: PixelFormat.PIXEL_FORMAT_RGB8, width: side, height: side, data } };
    const sending = (async () => {
      for (let [left, id] = [bytes, 0]; left > 0; left -= data.length, id++) {
        await stream.send(id, [picture]);
        sent(data.length);
      }
      stream.finish();
    })();
    await Promise.all([drain(stream), sending]);
  };

/** A WAV whose chunks hold no audio: nothing is ever answered. */
const junk: Sending = async (client, bytes, sent) => {
  const stream = client.streamAudio();
  stream.configure({ ...config, format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER } });
  const reading = drain(stream).catch(() => undefined);
  await stream.send(wavHead({ data: false }));
  const chunk = junkChunk(MB);
  for (let left = bytes; left > 0; left -= chunk.length) {
    await stream.send(chunk);
    sent(chunk.length);
  }
  stream.cancel();
  await reading;
};

export const audioStream: Attack = {
  title: 'One stream of audio, sent fast: a day of it where all is run',
  run: (extent) =>
    keepsNothing({
      kinds: { plain: audio(plain()), resuming: audio(resuming()) },
      bytes: extent === 'full' ? 24 * HOUR_BYTES : 100 * MB,
    }),
};

export const audioStreams: Attack = {
  title: 'Streams of audio side by side: 200 of an hour where all is run',
  run: (extent) =>
    withSmallModel(({ name, flags }) => {
      const streams = extent === 'full' ? 200 : 50;
      return keepsNothing({
        kinds: { plain: audio(plain(name), streams), resuming: audio(resuming(name), streams) },
        bytes: extent === 'full' ? streams * HOUR_BYTES : 100 * MB,
        flags,
      });
    }),
};

export const transcribedStream: Attack = {
  title: 'One stream of speech that is transcribed, sent fast: two hours of it where all is run',
  run: (extent) =>
    keepsNothing({
      kinds: { transcribed: audio(transcribed) },
      bytes: extent === 'full' ? 2 * HOUR_BYTES : 5 * MB,
    }),
};

export const imageStream: Attack = {
  title: 'One stream of images: 5 GB where all is run',
  run: (extent) =>
    keepsNothing({
      kinds: {
        plain: images((client) => {
          const stream = client.streamImages();
          stream.configure({});
          return stream;
        }),
        resuming: images((client) => client.resumingImages()),
      },
      bytes: extent === 'full' ? 5000 * MB : 150 * MB,
    }),
};

export const junkStream: Attack = {
  title: 'A WAV of chunks without audio: 3 GB where all is run',
  run: (extent) =>
    keepsNothing({ kinds: { junk }, bytes: extent === 'full' ? 3000 * MB : 300 * MB, grownMb: 100 }),
};
