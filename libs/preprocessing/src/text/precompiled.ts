import { Charsmap } from './charsmap.js';
import { clustersOf } from './clusters.js';

/**
 * The normalisation that a sentencepiece model brings compiled, as HuggingFace's tokenizers do it. Where a cluster of characters has fewer
 * than 6 bytes and the table knows it, it is replaced as a whole; else each of its characters that the table knows is. As there, the
 * shortest match is taken, and stands for the whole.
 */
export function precompiled(charsmap: Uint8Array): (text: string) => string {
  const table = new Charsmap(charsmap);
  /** Of characters that were looked up; at most the characters that there are. */
  const known = new Map<string, string>();

  const lookUp = (part: string): string | undefined => {
    const found = table.match(encoder.encode(part), 0, 'shortest');
    return found && decoder.decode(found.replacement);
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
