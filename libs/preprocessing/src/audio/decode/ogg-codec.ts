import { ascii } from './byte-queue.js';

/** Fixed part of a page header (RFC 3533). */
export const PAGE_HEADER_BYTES = 27;
const CONTINUED = 1;

/** What the identification header of an Ogg stream says. */
export interface OggCodec {
  readonly name: 'Opus' | 'Vorbis';
  readonly channels: number;
  /** Frames (samples of each channel) at the start that are to be thrown away. */
  readonly preSkip: number;
  /** Most frames that a packet decodes to. */
  readonly frames: (packet: Uint8Array) => number;
}

/** The codec of a stream by its first packet; undefined where it is none of audio. */
export function readCodec(packet: Uint8Array): OggCodec | undefined {
  if (ascii(packet, 0, 8) === 'OpusHead')
    return { name: 'Opus', channels: packet[9], preSkip: packet[10] | (packet[11] << 8), frames: opusFrames };
  if (ascii(packet, 0, 7) !== '\x01vorbis') return undefined;
  // The longer of the two block sizes; blocks overlap by half (Vorbis I, section 4.2.2).
  const frames = (1 << (packet[28] >> 4)) / 2;
  return { name: 'Vorbis', channels: packet[11], preSkip: 0, frames: () => frames };
}

/** Packets that begin on a page, as far as they lie on it. */
export function* packetsOf(page: Uint8Array): Generator<Uint8Array> {
  const segments = page[26];
  let at = PAGE_HEADER_BYTES + segments;
  let begins = (page[5] & CONTINUED) === 0;
  let start = at;
  for (const size of page.subarray(PAGE_HEADER_BYTES, at)) {
    at += size;
    // A segment of 255 bytes goes on in the next one.
    if (size === 255) continue;
    if (begins) yield page.subarray(start, at);
    begins = true;
    start = at;
  }
  if (begins && start < at) yield page.subarray(start, at);
}

/** 48 kHz frames of a packet by its first bytes (RFC 6716, section 3.1). */
function opusFrames([toc = 0, count = 0]: Uint8Array): number {
  const config = toc >> 3;
  const silk = [480, 960, 1920, 2880][config & 3];
  const hybrid = [480, 960][config & 1];
  const celt = [120, 240, 480, 960][config & 3];
  const length = config < 12 ? silk : config < 16 ? hybrid : celt;
  return length * [1, 2, 2, count & 63][toc & 3];
}
