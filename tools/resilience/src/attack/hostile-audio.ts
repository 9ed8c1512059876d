/** A few bytes that decode to much: FLAC frames of 65 535 equal samples, each some 12 bytes and one more for each further channel. */
export function flacBomb(frames: number, { sampleRate = 16_000, channels = 1 } = {}): Buffer {
  return Buffer.concat([
    streamInfo(sampleRate, channels),
    ...Array.from({ length: frames }, (_, i) => silentFrame(i, sampleRate, channels)),
  ]);
}

const BLOCK = 65_535;

/** Signature and STREAMINFO of 16-bit samples whose number is not declared (RFC 9639, section 8.2). */
function streamInfo(sampleRate: number, channels: number): Buffer {
  const block = Buffer.alloc(4 + 4 + 34);
  block.write('fLaC');
  block.writeUInt32BE(0x80000022, 4);
  block.writeUInt16BE(BLOCK, 8);
  block.writeUInt16BE(BLOCK, 10);
  block.writeUInt32BE(((sampleRate << 12) | ((channels - 1) << 9) | (15 << 4)) >>> 0, 18);
  return block;
}

/** One frame of subframes that each hold one value (RFC 9639, section 9). */
function silentFrame(number: number, sampleRate: number, channels: number): Buffer {
  const rate =
    sampleRate === 192_000
      ? { code: 3, bytes: [] }
      : { code: 13, bytes: [sampleRate >> 8, sampleRate & 0xff] };
  const codes = [0x70 | rate.code, ((channels - 1) << 4) | 0x08];
  const header = Buffer.from([0xff, 0xf8, ...codes, ...codedNumber(number), 0xff, 0xfe, ...rate.bytes]);
  const body = Buffer.concat([header, Buffer.of(crc(header, 8, 0x07)), Buffer.alloc(3 * channels)]);
  const check = crc(body, 16, 0x8005);
  return Buffer.concat([body, Buffer.of(check >> 8, check & 0xff)]);
}

/** As UTF-8 codes a character. */
function codedNumber(number: number): Buffer {
  return Buffer.from(String.fromCodePoint(number < 0xd800 ? number : number + 0x800));
}

function crc(bytes: Uint8Array, width: 8 | 16, polynomial: number): number {
  const top = 1 << (width - 1);
  const mask = (1 << width) - 1;
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value & top ? polynomial : 0)) & mask;
  }
  return value;
}

/** The head of a WAV of 16-bit mono whose writer could not know its length; without its data chunk where chunks are to follow. */
export function wavHead({ sampleRate = 16_000, tag = 1, bytes = 2, data = true } = {}): Buffer {
  const header = Buffer.alloc(data ? 44 : 36);
  header.write('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(tag, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(bytes * sampleRate, 28);
  header.writeUInt16LE(bytes, 32);
  header.writeUInt16LE(8 * bytes, 34);
  if (data) header.write('data\xff\xff\xff\xff', 36, 'latin1');
  return header;
}

/** A chunk of a WAV that every reader steps over. */
export function junkChunk(bytes: number): Buffer {
  const chunk = Buffer.alloc(bytes);
  chunk.write('JUNK');
  chunk.writeUInt32LE(bytes - 8, 4);
  return chunk;
}
