import { TriptychError } from '@triptych/core';
import { checkChannels, checkSampleRate } from '@triptych/validation';
import { ascii, ByteQueue } from './byte-queue.js';
import { type AudioDecoder, type Decoded, pieces } from './decoder.js';
import { PcmDecoder } from './pcm-decoder.js';
import type { SampleFormatName } from './sample-formats.js';

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** Format chunks have 16 to 40 bytes; one far beyond that is an attack on memory. */
const MAX_FORMAT_BYTES = 1024;
/** Bytes of headers that are read in one step: chunks of no bytes, thousands of them, take a millisecond. */
const HEADER_STEP_BYTES = 16 * 1024;
/** Sizes that writers put where they cannot go back to fill in the true one: the audio runs to the end. */
const UNKNOWN_SIZES = new Set([0, 0x7fffffff, 0x7ffffffe, 0xffffffff, 0xfffffffe]);

const formats: Readonly<Record<string, SampleFormatName>> = {
  '1/8': 'u8',
  '1/16': 's16le',
  '1/24': 's24le',
  '1/32': 's32le',
  '3/32': 'f32le',
  '3/64': 'f64le',
  '6/8': 'alaw',
  '7/8': 'mulaw',
};

/** RIFF WAVE: PCM, float, A-law and µ-law, WAVE_FORMAT_EXTENSIBLE too, read as it arrives. */
export class WavDecoder implements AudioDecoder {
  readonly #queue = new ByteQueue();
  #pcm: PcmDecoder | undefined;
  #skip = 0;
  #state: 'riff' | 'chunks' | 'data' | 'after' = 'riff';
  #dataLeft = 0;
  #declared = 0;

  *push(bytes: Uint8Array): Generator<Decoded | undefined> {
    let at = 0;
    for (const piece of pieces(bytes, HEADER_STEP_BYTES)) {
      if (this.#state === 'data' || this.#state === 'after') break;
      at += piece.length;
      this.#readHeaders(piece);
      yield undefined;
    }
    if (this.#state !== 'data') return;
    yield* this.#audio(this.#queue.take(this.#queue.length));
    yield* this.#audio(bytes.subarray(at));
  }

  finish(): Iterable<Decoded | undefined> {
    if (this.#state === 'riff' || this.#state === 'chunks') throw corrupt('it ends before its audio begins');
    if (this.#state === 'data' && Number.isFinite(this.#dataLeft)) {
      throw new TriptychError(
        'AUDIO_CONTAINER_LENGTH',
        `the WAV header declares ${this.#declared} bytes of audio; ${this.#dataLeft} of them are missing`,
        { field: 'data' },
      );
    }
    return this.#pcm?.finish() ?? [];
  }

  close(): void {
    this.#pcm?.close();
  }

  #readHeaders(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    if (this.#state === 'riff' && this.#queue.length >= RIFF_HEADER_BYTES) {
      if (ascii(this.#queue.take(RIFF_HEADER_BYTES), 8, 4) !== 'WAVE') throw corrupt('RIFF, but not WAVE');
      this.#state = 'chunks';
    }
    while (this.#state === 'chunks' && this.#nextChunk());
  }

  /** Reads one chunk's header, and the format chunk whole. False: more bytes are needed. */
  #nextChunk(): boolean {
    const skipped = this.#queue.take(Math.min(this.#skip, this.#queue.length)).length;
    this.#skip -= skipped;
    if (this.#skip > 0 || this.#queue.length < CHUNK_HEADER_BYTES) return false;
    const header = this.#queue.peek(CHUNK_HEADER_BYTES);
    const id = ascii(header, 0, 4);
    const size = new DataView(header.buffer, header.byteOffset).getUint32(4, true);
    if (id === 'data') {
      if (!this.#pcm) throw corrupt('the data chunk comes before the format chunk');
      this.#queue.take(CHUNK_HEADER_BYTES);
      this.#declared = size;
      this.#dataLeft = UNKNOWN_SIZES.has(size) ? Infinity : size;
      this.#state = 'data';
      return true;
    }
    if (id !== 'fmt ') {
      this.#skip = CHUNK_HEADER_BYTES + size + (size & 1);
      return true;
    }
    if (size < 16 || size > MAX_FORMAT_BYTES) throw corrupt(`a format chunk of ${size} bytes`);
    if (this.#queue.length < CHUNK_HEADER_BYTES + size) return false;
    this.#pcm = readFormat(this.#queue.take(CHUNK_HEADER_BYTES + size).subarray(CHUNK_HEADER_BYTES));
    this.#skip = size & 1;
    return true;
  }

  *#audio(bytes: Uint8Array): Generator<Decoded | undefined> {
    const own = bytes.subarray(0, Math.min(bytes.length, this.#dataLeft));
    this.#dataLeft -= own.length;
    if (this.#dataLeft === 0) this.#state = 'after';
    if (this.#pcm) yield* this.#pcm.push(own);
  }
}

function readFormat(chunk: Uint8Array): PcmDecoder {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const extensible = view.getUint16(0, true) === 0xfffe;
  if (extensible && chunk.length < 40) throw corrupt('an extensible format chunk that is cut short');
  const tag = view.getUint16(extensible ? 24 : 0, true);
  const channels = checkChannels(view.getUint16(2, true));
  const sampleRate = checkSampleRate(view.getUint32(4, true));
  const frameBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  const format = formats[`${tag}/${bits}`];
  if (!format) throw corrupt(`format ${tag} with ${bits} bits; PCM, float, A-law and µ-law are read`);
  if (frameBytes !== (bits / 8) * channels) {
    throw corrupt(`a block of ${frameBytes} bytes for ${channels} channels of ${bits} bits`);
  }
  return new PcmDecoder({ format, sampleRate, channels });
}

function corrupt(what: string): TriptychError {
  return new TriptychError('AUDIO_CONTAINER_CORRUPT', `WAV: ${what}`, { field: 'data' });
}
