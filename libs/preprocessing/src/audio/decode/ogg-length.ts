import { TriptychError } from '@triptych/core';
import { checkChannels } from '@triptych/validation';
import { ascii, ByteQueue } from './byte-queue.js';
import type { LengthCheck } from './compressed-decoder.js';
import { type OggCodec, packetsOf, PAGE_HEADER_BYTES, readCodec } from './ogg-codec.js';

const END_OF_STREAM = 4;
const BEGINNING_OF_STREAM = 2;
/** The position of a page on which no packet ends (RFC 3533). */
const NO_POSITION = -1n;
/**
 * Samples, of all channels, that one page may decode to: a page is decoded in one step. Encoders put a second on a page; silence of
 * 5 s in stereo is half of this.
 */
const MOST_PAGE_SAMPLES = 2 ** 20;

/** Logical streams that may lie between each other: what is kept of each is kept until it ends. */
const MOST_STREAMS = 16;

/** CRC-32 with Ogg's polynomial 0x04c11db7, most significant bit first. */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});

const pageMagic = Buffer.from('OggS');

/** Where a page after the first may begin. */
export function nextPage(bytes: Uint8Array): number | undefined {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(pageMagic, 1);
  return at < 0 ? undefined : at;
}

/** Checks each Ogg page's checksum and order, and that the last one is marked as such. */
export class OggLength implements LengthCheck {
  readonly #queue = new ByteQueue();
  /** Of each logical stream that has not ended. */
  readonly #nextPage = new Map<number, number>();
  /** Logical streams that have begun. */
  #streams = 0;
  #ended = false;
  #codec: OggCodec | undefined;
  /** Samples that Opus counts in its positions but that are to be thrown away. */
  #preSkip: number | undefined;
  declaredFrames: number | undefined;

  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    while (this.#nextWholePage());
  }

  finish(): void {
    if (this.#queue.length > 0) throw corrupt('it ends within a page');
    if (!this.#ended) {
      throw new TriptychError('AUDIO_CONTAINER_LENGTH', 'the Ogg stream has no last page: it was cut short', {
        field: 'data',
      });
    }
  }

  #nextWholePage(): boolean {
    const header = this.#queue.peek(PAGE_HEADER_BYTES);
    if (header.length < PAGE_HEADER_BYTES) return false;
    if (ascii(header, 0, 4) !== 'OggS') throw corrupt('bytes between its pages');
    const segments = header[26];
    const table = this.#queue.peek(PAGE_HEADER_BYTES + segments).subarray(PAGE_HEADER_BYTES);
    const size = PAGE_HEADER_BYTES + segments + table.reduce((sum, n) => sum + n, 0);
    if (table.length < segments || this.#queue.length < size) return false;
    this.#check(this.#queue.take(size).slice());
    return true;
  }

  #begin(page: Uint8Array): void {
    const [first] = packetsOf(page);
    this.#codec = first && readCodec(first);
    if (this.#codec) checkChannels(this.#codec.channels);
    this.#preSkip ??= this.#codec?.preSkip ?? 0;
  }

  #check(page: Uint8Array): void {
    const view = new DataView(page.buffer);
    const serial = view.getUint32(14, true);
    const number = view.getUint32(18, true);
    const checksum = view.getUint32(22, true);
    view.setUint32(22, 0, true);
    if (crc32(page) !== checksum) throw corrupt(`page ${number} fails its checksum`);
    const expected = this.#nextPage.get(serial);
    if (expected === undefined) this.#streams++;
    else if (number !== expected) throw corrupt(`page ${number} where page ${expected} was expected`);
    this.#ended = (page[5] & END_OF_STREAM) !== 0;
    if (this.#ended) this.#nextPage.delete(serial);
    else this.#nextPage.set(serial, number + 1);
    if (this.#nextPage.size > MOST_STREAMS)
      throw corrupt(`more than ${MOST_STREAMS} streams side by side; expected one`);
    if (page[5] & BEGINNING_OF_STREAM) this.#begin(page);
    checkSamples(page, this.#codec);
    // A chained stream counts anew: only a single one says how long all of it is.
    const isOnly = this.#streams === 1 && this.#ended;
    const position = view.getBigInt64(6, true);
    const isDeclared = isOnly && position !== NO_POSITION;
    this.declaredFrames = isDeclared ? Number(position) - (this.#preSkip ?? 0) : undefined;
  }
}

/** Throws where a page comes to more audio than is decoded in one step. */
function checkSamples(page: Uint8Array, codec: OggCodec | undefined): void {
  if (!codec) return;
  let frames = 0;
  for (const packet of packetsOf(page)) frames += codec.frames(packet);
  if (frames * codec.channels > MOST_PAGE_SAMPLES)
    throw corrupt(`a page of ${frames * codec.channels} samples; expected at most ${MOST_PAGE_SAMPLES}`);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) crc = (crc << 8) ^ crcTable[((crc >>> 24) ^ bytes[i]) & 0xff];
  return crc >>> 0;
}

function corrupt(what: string): TriptychError {
  return new TriptychError('AUDIO_CONTAINER_CORRUPT', `Ogg: ${what}`, { field: 'data' });
}
