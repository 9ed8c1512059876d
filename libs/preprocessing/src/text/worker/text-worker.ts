import { serveWorker, TriptychError } from '@triptych/core';
import { openTokenizer, type Tokenize, type TokenizerRecipe } from '../tokenizer.js';
import type { TokenizedText, TokenizeRequest } from './protocol.js';

let tokenizer: Tokenize | undefined;

serveWorker({
  open: (recipe: TokenizerRecipe) => {
    tokenizer = openTokenizer(recipe);
  },
  tokenize: ({ text, context }: TokenizeRequest): TokenizedText => {
    if (!tokenizer) throw new TriptychError('INTERNAL', 'no tokenizer is open');
    const started = performance.now();
    const tokens = tokenizer(text, context);
    return { ...tokens, preprocessUs: Math.round(1000 * (performance.now() - started)) };
  },
});
