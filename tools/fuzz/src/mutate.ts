/** A seeded generator of numbers in [0, 1): the same seed, the same mutations (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A few flips, overwritten runs, cuts, repeats or insertions of a file that was whole. */
export function mutate(bytes: Uint8Array, next: () => number): Uint8Array {
  let result = Buffer.from(bytes);
  const below = (n: number) => Math.floor(next() * n);
  for (let left = 1 + below(4); left > 0; left--) {
    const at = below(result.length || 1);
    const run = 1 + below(32);
    switch (below(6)) {
      case 0:
        if (result.length > 0) result[at] ^= 1 << below(8);
        break;
      case 1:
        result.fill(below(256), at, Math.min(result.length, at + run));
        break;
      case 2:
        result = result.subarray(0, at);
        break;
      case 3:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + run)]);
        break;
      case 4:
        result = Buffer.concat([result.subarray(0, at + run), result.subarray(at)]);
        break;
      default:
        // Lengths and counts lie near the start of most formats.
        if (result.length >= 64) result.writeUInt32LE(below(2 ** 32), below(60));
    }
  }
  return new Uint8Array(result);
}
