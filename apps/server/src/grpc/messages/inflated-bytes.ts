import type { Shares } from '@triptych/engine';

/**
 * Bytes that decompression has added to what clients sent, and that are still held: a few KiB of zeros inflate to 16 MiB, and
 * a connection may send them by the thousand. Up to sixteenfold nothing is counted: recordings, pictures and texts do not compress
 * better than that.
 */
export class InflatedBytes {
  #held = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Those of one connection, and its share of those of all. */
  constructor(
    readonly most: number,
    private readonly all: Shares<InflatedBytes>,
  ) {}

  get held(): number {
    return this.#held;
  }

  /** Decompresses when what came before has been: one connection has one thread of the process's at most. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Counts bytes in. Where they do not fit it returns false, and counts none. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.most || !this.all.fits(this, bytes)) return false;
    this.all.add(this, bytes);
    this.#held += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
    this.all.add(this, -bytes);
  }
}

const FREE_BYTES = 1024;
const FREE_RATIO = 16;

/** Bytes that a compressed message of this length may inflate to before they are counted. */
export function uncountedBytes(compressed: number): number {
  return FREE_BYTES + FREE_RATIO * compressed;
}
