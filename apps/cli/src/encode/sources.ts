import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { messageOf, TriptychError } from '@triptych/core';
import { AudioEncoding, type AudioFormat } from '@triptych/client';

/** Something to encode: a file, or a live pipe. */
export interface Source {
  readonly name: string;
  readonly format: AudioFormat;
  readonly open: () => AsyncIterable<Uint8Array>;
}

const audioExtensions = new Set(['.wav', '.flac', '.mp3', '.ogg', '.oga', '.opus']);

/** Large enough to be few messages, small enough to stay far below the server's limit. */
const READ_BYTES = 256 * 1024;

/** Files as named, and all audio files below folders, sorted. Throws FILE_UNREADABLE. */
export async function findFiles(paths: readonly string[]): Promise<Source[]> {
  const found = await Promise.all(paths.map(expand));
  const files = found.flat();
  if (files.length === 0) {
    throw new TriptychError(
      'FILE_UNREADABLE',
      `no audio below ${paths.join(', ')}; expected ${[...audioExtensions].join(', ')}`,
    );
  }
  return files.map((path) => ({
    name: path,
    format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER },
    open: () => createReadStream(path, { highWaterMark: READ_BYTES }),
  }));
}

async function expand(path: string): Promise<string[]> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new TriptychError('FILE_UNREADABLE', `${path}: ${messageOf(cause)}`, { cause });
  });
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true });
  return entries
    .filter((entry) => audioExtensions.has(extname(entry).toLowerCase()))
    .sort()
    .map((entry) => join(path, entry));
}

const pcmEncodings: Readonly<Record<string, AudioFormat['encoding']>> = {
  s16le: AudioEncoding.AUDIO_ENCODING_PCM_S16LE,
  f32le: AudioEncoding.AUDIO_ENCODING_PCM_F32LE,
  mulaw: AudioEncoding.AUDIO_ENCODING_PCM_MULAW,
};

/** Standard input as PCM, described as ENCODING[:RATE[:CHANNELS]]. Ends when the pipe does, or when `stop` resolves. */
export function standardInput(description: string, stop: Promise<unknown>): Source {
  const [encodingName, rate = '16000', channels = '1'] = description.split(':');
  const encoding = pcmEncodings[encodingName];
  if (!encoding) {
    const known = Object.keys(pcmEncodings).join(', ');
    throw new TriptychError(
      'CONFIG_INVALID',
      `--pcm ${description}: expected ENCODING[:RATE[:CHANNELS]] with one of ${known}`,
    );
  }
  void stop.then(() => process.stdin.destroy());
  return {
    name: '-',
    format: { encoding, sampleRateHz: Number(rate), channels: Number(channels) },
    open: () => readUntilStopped(),
  };
}

async function* readUntilStopped(): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of process.stdin) yield chunk as Uint8Array;
  } catch (thrown) {
    // Destroyed by Ctrl-C: what was read so far is still encoded.
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw thrown;
  }
}
