import { serveWorker, TriptychError } from '@triptych/core';
import { openTokenizer, type Tokenize, type TokenizerRecipe } from '../tokenizer.js';
import type { TokenizedText, TokenizeRequest } from './protocol.js';

let tokenizer: Tokenize | undefined;
/** Of a `tokenizer.json`, as far as it has come. */
let received: string[] = [];

serveWorker({
  receive: (piece: string) => {
    received.push(piece);
  },
  open: (recipe: Omit<TokenizerRecipe, 'json'>) => {
    const json = received.join('');
    received = [];
    tokenizer = openTokenizer({ ...recipe, json });
  },
  tokenize: ({ text, context }: TokenizeRequest): TokenizedText => {
    if (!tokenizer) throw new TriptychError('INTERNAL', 'no tokenizer is open');
    const started = performance.now();
    const tokens = tokenizer(text, context);
    return { ...tokens, preprocessUs: Math.round(1000 * (performance.now() - started)) };
  },
});
