import { clustersOf } from './clusters.js';

/**
 * The normalisation that a sentencepiece model brings compiled: a double-array trie (Aoe 1989) of what is replaced, and the
 * replacements behind it. Where a cluster of characters has fewer than 6 bytes and the trie knows it, it is replaced as a whole;
 * else each of its characters that the trie knows is. As in the reference, the shortest match is taken, and stands for the whole.
 */
export function precompiled(charsmap: Uint8Array): (text: string) => string {
  const view = new DataView(charsmap.buffer, charsmap.byteOffset, charsmap.byteLength);
  const trieBytes = view.getUint32(0, true);
  const trie = Uint32Array.from({ length: trieBytes / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  const replacements = charsmap.subarray(4 + trieBytes);
  /** Of characters that were looked up; at most the characters that there are. */
  const known = new Map<string, string>();

  const lookUp = (part: string): string | undefined => {
    const at = shortestMatch(trie, encoder.encode(part));
    if (at === undefined) return undefined;
    return decoder.decode(replacements.subarray(at, replacements.indexOf(0, at)));
  };
  const ofCharacter = (character: string): string => {
    let replacement = known.get(character);
    if (replacement === undefined) {
      replacement = lookUp(character) ?? character;
      known.set(character, replacement);
    }
    return replacement;
  };
  const ofCluster = (cluster: string): string => {
    const characters = [...cluster];
    if (characters.length === 1) return ofCharacter(cluster);
    const whole = Buffer.byteLength(cluster) < 6 ? lookUp(cluster) : undefined;
    return whole ?? characters.map(ofCharacter).join('');
  };
  const ofPiece = (piece: string): string =>
    isPlain.test(piece) ? Array.from(piece, ofCharacter).join('') : clustersOf(piece).map(ofCluster).join('');
  return (text) => text.replaceAll(pieces, ofPiece);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Each character of printable ASCII is a cluster. */
const isPlain = /^[\x20-\x7e]*$/;
/**
 * Between two characters of printable ASCII, a cluster ends: stretches of them, and what is between, with one such character at each end,
 * which may belong to it.
 */
const pieces = /[\x20-\x7e]+(?=[\x20-\x7e]|$)|[\x20-\x7e]?(?:[^\x20-\x7e]+[\x20-\x7e]?)+/g;

/** Where the replacement of the shortest key starts that these bytes begin with. */
function shortestMatch(trie: Uint32Array, bytes: Uint8Array): number | undefined {
  let node = offsetOf(trie[0]);
  for (const byte of bytes) {
    if (byte === 0) return undefined;
    node ^= byte;
    const unit = trie[node];
    if (unit === undefined || (unit & LABEL) >>> 0 !== byte) return undefined;
    node ^= offsetOf(unit);
    if ((unit & HAS_LEAF) !== 0) return trie[node] & VALUE;
  }
  return undefined;
}

/** Bits of a unit: darts-clone's format. */
const LABEL = 0x800000ff;
const HAS_LEAF = 1 << 8;
const VALUE = 0x7fffffff;

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
}
