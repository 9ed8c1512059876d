/** Where a key of the table ends, and what stands for it. */
export interface Match {
  readonly end: number;
  readonly replacement: Uint8Array;
}

/**
 * The normalisation that a sentencepiece model brings compiled: a double-array trie (Aoe 1989, in darts-clone's format) of what is replaced,
 * and the replacements behind it.
 */
export class Charsmap {
  readonly #trie: Uint32Array;
  readonly #replacements: Uint8Array;

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const trieBytes = view.getUint32(0, true);
    this.#trie = Uint32Array.from({ length: trieBytes / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.#replacements = bytes.subarray(4 + trieBytes);
  }

  /** Of the keys that the bytes from `at` on begin with, the shortest or the longest. */
  match(bytes: Uint8Array, at: number, which: 'shortest' | 'longest'): Match | undefined {
    let [node, end, leaf] = [offsetOf(this.#trie[0]), at, 0];
    for (let i = at; i < bytes.length && bytes[i] !== 0; i++) {
      node ^= bytes[i];
      const unit = this.#trie[node];
      if (unit === undefined || (unit & LABEL) >>> 0 !== bytes[i]) break;
      node ^= offsetOf(unit);
      if ((unit & HAS_LEAF) === 0) continue;
      [end, leaf] = [i + 1, this.#trie[node]];
      if (which === 'shortest') break;
    }
    return end === at ? undefined : { end, replacement: this.#replacement(leaf & VALUE) };
  }

  #replacement(at: number): Uint8Array {
    const end = this.#replacements.indexOf(0, at);
    if (end < 0) throw new TypeError('precompiled_charsmap: a replacement does not end');
    return this.#replacements.subarray(at, end);
  }
}

/** Bits of a unit. */
const LABEL = 0x800000ff;
const HAS_LEAF = 1 << 8;
const VALUE = 0x7fffffff;

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
}
