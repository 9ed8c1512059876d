/** Wire types of protobuf's encoding. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const START_GROUP = 3;
export const FIXED32 = 5;

const MOST_VARINT_BYTES = 10;

/** Walks over a message's bytes. Throws a RangeError where they end too soon. */
export class WireReader {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** A number below 2^32. One that is larger is none of a tag or a length. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= this.bytes.length) throw new RangeError('the bytes end in a number');
      const byte = this.bytes[this.at++];
      if (shift === 28 && byte > 15) break;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw new RangeError('a tag or a length is too large');
  }

  /** Where a block that begins here ends: its length comes first. */
  block(end: number): number {
    const length = this.varint();
    const next = this.at + length;
    if (next > end) throw new RangeError(`${length} bytes are announced, ${end - this.at} are there`);
    return next;
  }

  /** Passes over a number. */
  skip(wireType: number, end: number): void {
    if (wireType === FIXED32) this.at += 4;
    else if (wireType === FIXED64) this.at += 8;
    else {
      const from = this.at;
      while (this.at < end && this.bytes[this.at] > 127) this.at++;
      this.at++;
      if (this.at - from > MOST_VARINT_BYTES) throw new RangeError('a number is too long');
    }
    if (this.at > end) throw new RangeError('the bytes end in a number');
  }

  /** How many numbers fill the bytes up to `end`; it counts no further than `most`. */
  elements(wireType: number, end: number, most: number): number {
    let count = 0;
    while (this.at < end && count < most) {
      this.skip(wireType, end);
      count++;
    }
    return count;
  }
}
