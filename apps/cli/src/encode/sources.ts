import { createReadStream } from 'node:fs';
import { AudioEncoding, type AudioFormat } from '@triptych/client';
import { TriptychError } from '@triptych/core';

/** Audio to send: a file, or a pipe. */
export interface AudioSource {
  readonly name: string;
  readonly format: AudioFormat;
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Ends what was opened, whose rest nobody wants. */
  readonly close?: () => void;
}

/** Large enough to be few messages, small enough to stay far below the server's limit. */
const READ_BYTES = 256 * 1024;

const container: AudioFormat = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };

export function audioFile(path: string): AudioSource {
  return {
    name: path,
    format: container,
    open: () => createReadStream(path, { highWaterMark: READ_BYTES }),
  };
}

const pcmEncodings: Readonly<Record<string, AudioFormat['encoding']>> = {
  s16le: AudioEncoding.AUDIO_ENCODING_PCM_S16LE,
  f32le: AudioEncoding.AUDIO_ENCODING_PCM_F32LE,
  mulaw: AudioEncoding.AUDIO_ENCODING_PCM_MULAW,
};

/** Standard input: PCM of this format, or without one a recording in a container. Ends when the pipe does, or when `stop` resolves. */
export function standardInput(format: AudioFormat | undefined, stop: Promise<unknown>): AudioSource {
  const close = () => void process.stdin.destroy();
  void stop.then(close);
  return { name: '-', format: format ?? container, open: () => readUntilStopped(), close };
}

/** PCM described as ENCODING[:RATE[:CHANNELS]]. Throws CONFIG_INVALID. */
export function pcmFormat(description: string): AudioFormat {
  const [encodingName, rate = '16000', channels = '1'] = description.split(':');
  const encoding = pcmEncodings[encodingName];
  if (!encoding) {
    const known = Object.keys(pcmEncodings).join(', ');
    throw new TriptychError(
      'CONFIG_INVALID',
      `--pcm ${description}: expected ENCODING[:RATE[:CHANNELS]] with one of ${known}`,
    );
  }
  const sampleRateHz = numberIn(description, 'rate', rate, 4000, 192_000);
  const channelCount = numberIn(description, 'channel count', channels, 1, 8);
  return { encoding, sampleRateHz, channels: channelCount };
}

/** Throws CONFIG_INVALID. */
function numberIn(description: string, what: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TriptychError(
    'CONFIG_INVALID',
    `--pcm ${description}: the ${what} is ${JSON.stringify(text)}; expected ${least} to ${most}`,
  );
}

async function* readUntilStopped(): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of process.stdin) yield chunk as Uint8Array;
  } catch (thrown) {
    // Destroyed by Ctrl-C, or where nobody wants more: what was read so far is still answered.
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw thrown;
  }
}
