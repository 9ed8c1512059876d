/** So many equal levels in a row. */
export type Run = readonly [count: number, level: number];

/**
 * Repetition or definition levels of at most 8 bits, as a page has them: their length in bytes, then runs (Parquet's RLE/bit-packing
 * hybrid, without its packed form).
 */
export function encodeLevels(runs: readonly Run[]): Buffer {
  const bytes = merged(runs).flatMap(([count, level]) => [...varint(2 * count), level]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, Buffer.from(bytes)]);
}

/** Runs of the same level that follow each other are one; there are none of no level. */
function merged(runs: readonly Run[]): Run[] {
  const result: [number, number][] = [];
  for (const [count, level] of runs) {
    const last = result.at(-1);
    if (count === 0) continue;
    if (last?.[1] === level) last[0] += count;
    else result.push([count, level]);
  }
  return result;
}

function varint(value: number): number[] {
  return value > 0x7f ? [(value & 0x7f) | 0x80, ...varint(value >>> 7)] : [value];
}

/**
 * So many levels of a width in bits, of Parquet's RLE/bit-packing hybrid without their length in bytes. undefined where there are fewer.
 */
export function decodeLevels(levels: Uint8Array, width: number, count: number): Uint8Array | undefined {
  const decoded = new Uint8Array(count);
  let done = 0;
  for (let at = 0; at < levels.byteLength && done < count;) {
    let header = 0;
    for (let factor = 1; ; factor *= 0x80) {
      if (at >= levels.byteLength) return undefined;
      const byte = levels[at++];
      header += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    const run = Math.floor(header / 2);
    if (header % 2 === 0) {
      const end = Math.min(count, done + run);
      if (at >= levels.byteLength) return undefined;
      decoded.fill(levels[at++], done, end);
      done = end;
      continue;
    }
    // Groups of eight, the first level in the lowest bits; what is beyond the last one means nothing.
    const end = at + run * width;
    for (let bit = 0; done < count && bit < 8 * run * width; bit += width, done++) {
      if (at + (bit >> 3) >= levels.byteLength) return undefined;
      for (let i = 0; i < width; i++)
        decoded[done] |= ((levels[at + ((bit + i) >> 3)] >> ((bit + i) & 7)) & 1) << i;
    }
    at = end;
  }
  return done < count ? undefined : decoded;
}
