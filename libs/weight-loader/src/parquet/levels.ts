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
