import { parseJson, TriptychError } from '@triptych/core';

/** The part of a `tokenizer.json` that says which words tokens are. */
interface WordPieceTokenizer {
  readonly model?: { readonly type?: string; readonly vocab?: Readonly<Record<string, number>> };
  readonly added_tokens?: readonly { readonly id: number; readonly special: boolean }[];
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

/**
 * How the tokens of a WordPiece tokenizer become words, special tokens left out: the `WordPiece` decoder of HuggingFace's tokenizers. Throws
 * WEIGHTS_MISSING or WEIGHTS_CORRUPT where the file is none of its kind.
 */
export function wordPieces(json: string | undefined): (tokens: readonly number[]) => string {
  if (json === undefined)
    throw new TriptychError('WEIGHTS_MISSING', 'the model has no tokenizer: expected tokenizer.json');
  const { model, added_tokens: added = [], decoder } = parseJson(json) as WordPieceTokenizer;
  if (model?.type !== 'WordPiece' || !model.vocab || (decoder && decoder.type !== 'WordPiece'))
    throw new TriptychError(
      'WEIGHTS_CORRUPT',
      'tokenizer.json: expected a WordPiece model, and its decoder or none',
    );
  const { prefix = '##', cleanup = true } = decoder ?? {};
  const words = new Map(Object.entries(model.vocab).map(([word, id]) => [id, word]));
  const special = new Set(added.filter((token) => token.special).map(({ id }) => id));
  const clean = (text: string) =>
    cleanup ? CLEANED.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), text) : text;
  return (tokens) =>
    tokens
      .flatMap((token) => (special.has(token) ? [] : (words.get(token) ?? [])))
      .map((word, i) => {
        if (i === 0) return clean(word);
        return clean(word.startsWith(prefix) ? word.slice(prefix.length) : ` ${word}`);
      })
      .join('');
}
