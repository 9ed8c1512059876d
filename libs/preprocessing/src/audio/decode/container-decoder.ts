import { TriptychError } from '@triptych/core';
import { audioLimits } from '@triptych/validation';
import { ascii, ByteQueue } from './byte-queue.js';
import { CompressedDecoder, type CompressedFormat } from './compressed-decoder.js';
import type { AudioDecoder, Decoded } from './decoder.js';
import { FlacLength, nextFrame, partialSync } from './flac-length.js';
import { Mp3Length } from './mp3-length.js';
import { nextPage, OggLength } from './ogg-length.js';
import { WavDecoder } from './wav-decoder.js';

/** The first page of an Ogg stream, up to the name of its codec. */
const MAGIC_BYTES = 36;

type Container = 'wav' | 'flac' | 'mp3' | 'opus' | 'vorbis';

/** Finds the format from the first bytes, then decodes with its decoder. */
export class ContainerDecoder implements AudioDecoder {
  readonly #head = new ByteQueue();
  #decoder: AudioDecoder | undefined;

  async *push(bytes: Uint8Array): AsyncGenerator<Decoded | undefined> {
    if (this.#decoder) {
      yield* this.#decoder.push(bytes);
      return;
    }
    this.#head.push(bytes);
    if (this.#head.length < MAGIC_BYTES) return;
    const head = this.#head.take(this.#head.length);
    yield* (await this.#open(head)).push(head);
  }

  async *finish(): AsyncGenerator<Decoded | undefined> {
    if (this.#decoder) {
      yield* this.#decoder.finish();
      return;
    }
    const head = this.#head.take(this.#head.length);
    const decoder = await this.#open(head);
    yield* decoder.push(head);
    yield* decoder.finish();
  }

  close(): void {
    this.#decoder?.close();
  }

  async #open(head: Uint8Array): Promise<AudioDecoder> {
    return (this.#decoder = await openers[detectContainer(head)]());
  }
}

const openers: Record<Container, () => Promise<AudioDecoder>> = {
  wav: () => Promise.resolve(new WavDecoder()),
  flac: async () => {
    const { decoder } = await import('@audio/decode-flac');
    return compressed({
      name: 'FLAC',
      decoder: await decoder(),
      length: new FlacLength(),
      heldBack: partialSync,
      nextUnit: nextFrame,
    });
  },
  mp3: async () => {
    const { decoder } = await import('@audio/decode-mp3');
    return compressed({ name: 'MP3', decoder: await decoder(), length: new Mp3Length() });
  },
  opus: async () => {
    const { decoder } = await import('@audio/decode-opus');
    return compressed({
      name: 'Ogg Opus',
      decoder: await decoder(),
      length: new OggLength(),
      nextUnit: nextPage,
    });
  },
  vorbis: async () => {
    const { decoder } = await import('@audio/decode-vorbis');
    return compressed({
      name: 'Ogg Vorbis',
      decoder: await decoder(),
      length: new OggLength(),
      nextUnit: nextPage,
    });
  },
};

function compressed(format: CompressedFormat): AudioDecoder {
  return new CompressedDecoder(format, audioLimits.maxChunkSeconds);
}

/** Throws AUDIO_CONTAINER_UNKNOWN, or AUDIO_EMPTY where there are no bytes. */
function detectContainer(bytes: Uint8Array): Container {
  if (bytes.length === 0)
    throw new TriptychError('AUDIO_EMPTY', 'there are no bytes; expected at least 0.1 s of audio', {
      field: 'data',
    });
  const magic = ascii(bytes, 0, Math.min(4, bytes.length));
  if (magic === 'RIFF') return 'wav';
  if (magic === 'fLaC') return 'flac';
  if (magic.startsWith('ID3') || isMpegSync(bytes)) return 'mp3';
  if (magic === 'OggS') {
    if (ascii(bytes, 28, Math.min(8, bytes.length)) === 'OpusHead') return 'opus';
    if (ascii(bytes, 29, Math.min(6, bytes.length)) === 'vorbis') return 'vorbis';
  }
  throw new TriptychError(
    'AUDIO_CONTAINER_UNKNOWN',
    `the first bytes (${Buffer.from(bytes.subarray(0, 8)).toString('hex')}) are none of WAV, FLAC, MP3, Ogg Opus or Ogg Vorbis`,
    { field: 'data' },
  );
}

/** Eleven set bits, then a valid version and layer III. */
function isMpegSync([first, second]: Uint8Array): boolean {
  return first === 0xff && (second & 0xe0) === 0xe0 && ((second >> 3) & 3) !== 1 && ((second >> 1) & 3) === 1;
}
