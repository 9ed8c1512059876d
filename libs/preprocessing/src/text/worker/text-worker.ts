import { serveWorker, TriptychError } from '@triptych/core';
import { openTokenizer, type Tokenize, type TokenizerSource } from '../tokenizer.js';
import type { TokenizedText, TokenizeRequest } from './protocol.js';

const tokenizers: Tokenize[] = [];

serveWorker({
  /** Returns the tokenizer's number: they are numbered in the order they are opened. */
  open: (files: TokenizerSource) => tokenizers.push(openTokenizer(files)) - 1,
  tokenize: ({ tokenizer, text, context }: TokenizeRequest): TokenizedText => {
    const tokenize = tokenizers[tokenizer];
    if (!tokenize) throw new TriptychError('INTERNAL', `tokenizer ${tokenizer} is not open`);
    const started = performance.now();
    const tokens = tokenize(text, context);
    return { ...tokens, preprocessUs: Math.round(1000 * (performance.now() - started)) };
  },
});
