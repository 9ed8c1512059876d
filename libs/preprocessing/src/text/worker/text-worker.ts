import { serveWorker, TriptychError } from '@triptych/core';
import { type TokenTable, tokenTable } from '../token-words.js';
import { makeTokenizer, readTokenizer, type Tokenize } from '../tokenizer.js';
import type { OpenRequest, ReceiveRequest, Tokenized, TokenizeRequest } from './protocol.js';

let tokenizer: Tokenize | undefined;
/** Of a recipe's files, as far as they have come. */
let received: Record<ReceiveRequest['file'], string[]> = { json: [], vocab: [], merges: [] };

serveWorker({
  receive: ({ file, piece }: ReceiveRequest) => {
    received[file].push(piece);
  },
  /** Gives what tokens stand for, where the recipe asks for that. */
  open: ({ recipe, bpe }: OpenRequest): TokenTable | undefined => {
    const [json, vocab, merges] = [received.json, received.vocab, received.merges].map((all) => all.join(''));
    received = { json: [], vocab: [], merges: [] };
    const read = readTokenizer({ ...recipe, json: bpe ? { ...bpe, vocab, merges } : json });
    tokenizer = makeTokenizer(read, recipe);
    return recipe.hasWords ? tokenTable(read) : undefined;
  },
  tokenize: (requests: readonly TokenizeRequest[]): Tokenized[] => requests.map(tokenize),
});

function tokenize({ text, context }: TokenizeRequest): Tokenized {
  if (!tokenizer) throw new TriptychError('INTERNAL', 'no tokenizer is open');
  const started = performance.now();
  try {
    const tokens = tokenizer(text, context);
    return { ...tokens, preprocessUs: Math.round(1000 * (performance.now() - started)) };
  } catch (thrown) {
    return { error: TriptychError.recordOf(thrown) };
  }
}
