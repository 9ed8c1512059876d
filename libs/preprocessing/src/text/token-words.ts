import { type JsonObject, TriptychError } from '@triptych/core';
import { byteCharacters } from './byte-characters.js';

/** What a tokenizer's tokens stand for. Plain data, which crosses processes as it is. */
export interface TokenTable {
  /** The tokens' texts in UTF-8, one after the other; of special tokens nothing. */
  readonly bytes: Uint8Array;
  /** Where the text of each token ends, by its id. */
  readonly ends: Uint32Array;
  /** Of WordPiece: how pieces become words. */
  readonly pieces?: WordPieceDecoder | undefined;
}

interface WordPieceDecoder {
  /** What a piece within a word begins with. */
  readonly prefix: string;
  /** Whether punctuation and contractions are put closer. */
  readonly cleanup: boolean;
}

/** Text that tokens stand for, in UTF-8. */
export type TokenWords = (tokens: readonly number[]) => Uint8Array;

/** The part of a `tokenizer.json` that says which words tokens are. */
interface TokenizerFile {
  readonly model?: { readonly type?: string; readonly vocab?: Readonly<Record<string, number>> };
  readonly added_tokens?: readonly {
    readonly id: number;
    readonly content: string;
    readonly special: boolean;
  }[];
  readonly decoder?: { readonly type?: string; readonly prefix?: string; readonly cleanup?: boolean } | null;
}

/** What stands closer in writing than tokens do, in the reference's order. */
const CLEANED: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

const NOTHING = new Uint8Array();

/**
 * Reads which text each token of a `tokenizer.json` stands for. Throws WEIGHTS_CORRUPT unless it is a byte-level BPE model or a WordPiece
 * model: the `ByteLevel` and the `WordPiece` decoder of HuggingFace's tokenizers.
 */
export function tokenTable(json: JsonObject): TokenTable {
  const { model, added_tokens: added = [], decoder } = json as TokenizerFile;
  const isBytes = model?.type === 'BPE';
  const isPieces = model?.type === 'WordPiece' && (!decoder || decoder.type === 'WordPiece');
  if (!model?.vocab || !(isBytes || isPieces))
    throw new TriptychError(
      'WEIGHTS_CORRUPT',
      'tokenizer.json: expected a BPE model of bytes, or a WordPiece model with its decoder or none',
    );
  const byteOf = new Map(byteCharacters.map((character, byte) => [character, byte]));
  const encoder = new TextEncoder();
  const textOf = (word: string) =>
    isBytes
      ? Uint8Array.from([...word].flatMap((character) => byteOf.get(character) ?? []))
      : encoder.encode(word);
  const texts: (Uint8Array | undefined)[] = [];
  for (const [word, id] of Object.entries(model.vocab)) texts[id] = textOf(word);
  for (const { id, content, special } of added) texts[id] = special ? undefined : encoder.encode(content);
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (let id = 0; id < texts.length; id++) ends[id] = end += texts[id]?.length ?? 0;
  const bytes = new Uint8Array(end);
  texts.forEach((text, id) => text && bytes.set(text, ends[id] - text.length));
  if (isBytes) return { bytes, ends };
  const { prefix = '##', cleanup = true } = decoder ?? {};
  return { bytes, ends, pieces: { prefix, cleanup } };
}

/** How tokens become text again. Those that the table does not have stand for none. */
export function tokenWords({ bytes, ends, pieces }: TokenTable): TokenWords {
  const textOf = (id: number) => (id < ends.length ? bytes.subarray(ends[id - 1] ?? 0, ends[id]) : NOTHING);
  return pieces
    ? (tokens) => joinPieces(tokens.map(textOf), pieces)
    : (tokens) => Buffer.concat(tokens.map(textOf));
}

function joinPieces(texts: readonly Uint8Array[], { prefix, cleanup }: WordPieceDecoder): Uint8Array {
  const decoder = new TextDecoder();
  const clean = (text: string) =>
    cleanup ? CLEANED.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), text) : text;
  const words = texts
    .filter(({ length }) => length > 0)
    .map((bytes, i) => {
      const piece = decoder.decode(bytes);
      if (i === 0) return clean(piece);
      return clean(piece.startsWith(prefix) ? piece.slice(prefix.length) : ` ${piece}`);
    });
  return new TextEncoder().encode(words.join(''));
}
