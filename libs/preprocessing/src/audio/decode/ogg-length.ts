import { TriptychError } from '@triptych/core';
import { checkChannels } from '@triptych/validation';
import { ascii, ByteQueue } from './byte-queue.js';
import type { LengthCheck } from './compressed-decoder.js';

/** Fixed part of a page header (RFC 3533). */
const HEADER_BYTES = 27;
const END_OF_STREAM = 4;
const BEGINNING_OF_STREAM = 2;
/** Offset of the pre-skip in an Opus identification header (RFC 7845). */
const OPUS_PRE_SKIP_AT = 10;

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
  readonly #nextPage = new Map<number, number>();
  #ended = false;
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
    const header = this.#queue.peek(HEADER_BYTES);
    if (header.length < HEADER_BYTES) return false;
    if (ascii(header, 0, 4) !== 'OggS') throw corrupt('bytes between its pages');
    const segments = header[26];
    const table = this.#queue.peek(HEADER_BYTES + segments).subarray(HEADER_BYTES);
    const size = HEADER_BYTES + segments + table.reduce((sum, n) => sum + n, 0);
    if (table.length < segments || this.#queue.length < size) return false;
    this.#check(this.#queue.take(size).slice());
    return true;
  }

  #check(page: Uint8Array): void {
    const view = new DataView(page.buffer);
    const serial = view.getUint32(14, true);
    const number = view.getUint32(18, true);
    const checksum = view.getUint32(22, true);
    view.setUint32(22, 0, true);
    if (crc32(page) !== checksum) throw corrupt(`page ${number} fails its checksum`);
    const expected = this.#nextPage.get(serial) ?? number;
    if (number !== expected) throw corrupt(`page ${number} where page ${expected} was expected`);
    this.#nextPage.set(serial, number + 1);
    this.#ended = (page[5] & END_OF_STREAM) !== 0;
    if (page[5] & BEGINNING_OF_STREAM) checkChannels(readChannels(page));
    this.#preSkip ??= readPreSkip(page);
    // A chained stream counts anew: only a single one says how long all of it is.
    const isOnly = this.#nextPage.size === 1 && this.#ended;
    this.declaredFrames = isOnly ? Number(view.getBigInt64(6, true)) - this.#preSkip : undefined;
  }
}

/** Channels by the identification header of Opus (RFC 7845) or Vorbis; 1 where it is neither's. Each may cost as much as all of mono. */
function readChannels(firstPage: Uint8Array): number {
  const body = firstPage.subarray(HEADER_BYTES + firstPage[26]);
  if (ascii(body, 0, 8) === 'OpusHead') return body[9];
  return ascii(body, 0, 7) === '\x01vorbis' ? body[11] : 1;
}

function readPreSkip(firstPage: Uint8Array): number {
  const body = firstPage.subarray(HEADER_BYTES + firstPage[26]);
  if (ascii(body, 0, 8) !== 'OpusHead') return 0;
  return body[OPUS_PRE_SKIP_AT] | (body[OPUS_PRE_SKIP_AT + 1] << 8);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) crc = (crc << 8) ^ crcTable[((crc >>> 24) ^ bytes[i]) & 0xff];
  return crc >>> 0;
}

function corrupt(what: string): TriptychError {
  return new TriptychError('AUDIO_CONTAINER_CORRUPT', `Ogg: ${what}`, { field: 'data' });
}
