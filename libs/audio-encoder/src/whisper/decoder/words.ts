import { parseFile, TriptychError } from '@triptych/core';
import { byteCharacters } from '@triptych/preprocessing';

/** The part of a `tokenizer.json` that says which words tokens are. */
interface ByteLevelTokenizer {
  readonly model?: { readonly type?: string; readonly vocab?: Readonly<Record<string, number>> };
  readonly added_tokens?: readonly {
    readonly id: number;
    readonly content: string;
    readonly special: boolean;
  }[];
}

/**
 * How the tokens of a byte-level tokenizer become the bytes of words in UTF-8, special tokens left out: the `ByteLevel` decoder of
 * HuggingFace's tokenizers. Throws WEIGHTS_CORRUPT where the file is none of its kind.
 */
export function byteLevelWords(json: string): (tokens: readonly number[]) => Uint8Array {
  const { model, added_tokens: added = [] } = parseFile(json, 'tokenizer.json') as ByteLevelTokenizer;
  if (model?.type !== 'BPE' || !model.vocab)
    throw new TriptychError('WEIGHTS_CORRUPT', 'tokenizer.json: expected a BPE model of bytes');
  const byteOf = new Map(byteCharacters.map((character, byte) => [character, byte]));
  const bytesOf = new Map<number, Uint8Array>();
  for (const [word, id] of Object.entries(model.vocab))
    bytesOf.set(id, Uint8Array.from([...word].flatMap((character) => byteOf.get(character) ?? [])));
  for (const { id, content, special } of added)
    if (special) bytesOf.delete(id);
    else bytesOf.set(id, Buffer.from(content));
  return (tokens) => Buffer.concat(tokens.flatMap((token) => bytesOf.get(token) ?? []));
}
