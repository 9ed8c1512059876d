/** What one stream may have in work beside its number of items: bytes as they came, and milliseconds of decoding. */
const STREAM_BYTES = 32 * 2 ** 20;
const STREAM_DECODE_MS = 2000;

/** What a batch of a stream holds. */
export interface BatchLoad {
  readonly items: number;
  readonly bytes: number;
  /** What decoding its items is expected to take; default: nothing. */
  readonly decodeMs?: number;
}

/**
 * What a batch weighs where a stream may have `most` items in work: as many as it holds, or as much of that as its bytes or its decoding
 * are of what a stream may have of them.
 */
export function batchWeight({ items, bytes, decodeMs = 0 }: BatchLoad, most: number): number {
  return Math.max(1, items, most * Math.max(bytes / STREAM_BYTES, decodeMs / STREAM_DECODE_MS));
}
