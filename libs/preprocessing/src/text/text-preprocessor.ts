import { type Logger, WorkerHost, workerEntry } from '@triptych/core';
import type { TokenizerSource } from './tokenizer.js';
import type { TokenizedText, TokenizeRequest } from './worker/protocol.js';

/** One model's tokenizer. Rejects with NOT_READY or WORKER_LOST. */
export type ModelTokenizer = (text: string, context: number) => Promise<TokenizedText>;

/** Tokenizing, in a worker thread that has every model's tokenizer. */
export class TextPreprocessor {
  private constructor(
    private readonly host: WorkerHost,
    private readonly sources: TokenizerSource[],
  ) {}

  static async start(logger?: Logger): Promise<TextPreprocessor> {
    const sources: TokenizerSource[] = [];
    const host = await WorkerHost.start({
      entry: workerEntry(import.meta.url, './worker/text-worker.js'),
      name: 'text',
      restart: true,
      init: async (call) => {
        for (const source of sources) await call('open', source);
      },
      ...(logger ? { logger } : {}),
    });
    return new TextPreprocessor(host, sources);
  }

  /** Throws WEIGHTS_MISSING, WEIGHTS_CORRUPT or MODEL_CONFIG. */
  async open(source: TokenizerSource): Promise<ModelTokenizer> {
    const tokenizer = await this.host.call<number>('open', source);
    // A restarted worker opens them anew, in this order.
    this.sources[tokenizer] = source;
    return (text, context) =>
      this.host.call('tokenize', { tokenizer, text, context } satisfies TokenizeRequest);
  }

  close(): Promise<void> {
    return this.host.close();
  }
}
