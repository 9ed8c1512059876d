import { type AnswerLimits, type Logger, WorkerHost, workerEntry } from '@triptych/core';
import type { TokenTable } from './token-words.js';
import type { TokenizerRecipe } from './tokenizer.js';
import type { OpenRequest, ReceiveRequest } from './worker/protocol.js';

export interface TextWorkerOptions {
  /** The model's, for logs. */
  readonly name: string;
  readonly tokenizer: TokenizerRecipe;
  /** Ends the start. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
  readonly logger?: Logger;
}

/** A tokenizer of a quarter of a million words takes two seconds to be made. */
const OPEN_TIMEOUT_MS = 60_000;
/** What travels to the worker at a time. */
const PIECE_CHARACTERS = 256 * 1024;
/** Such a tokenizer's process takes some 540 MB. */
const MEMORY_MB = 1024;
/** The tokens of a text, and once the texts of all tokens. */
const ANSWER_LIMITS: AnswerLimits = { headBytes: 2 ** 20, arrayBytes: 2 ** 25 };
/** A worker of JavaScript alone can be ended at any time: what it holds is not worth more. */
const FAREWELL_MS = 500;

/** Starts a tokenizer's process, and says what its tokens stand for where the recipe asks. Throws WEIGHTS_CORRUPT or MODEL_CONFIG. */
export async function startTextWorker(
  options: TextWorkerOptions,
): Promise<{ readonly host: WorkerHost; readonly table: TokenTable | undefined }> {
  const { name, tokenizer, signal, logger } = options;
  const timeout = { ms: OPEN_TIMEOUT_MS, reason: 'MODEL_CONFIG' } as const;
  let table: TokenTable | undefined;
  const host = await WorkerHost.start({
    entry: workerEntry(import.meta.url, './worker/text-worker.js'),
    name: `${name}/tokenizer`,
    isolation: 'process',
    restart: true,
    memoryMb: MEMORY_MB,
    answerLimits: ANSWER_LIMITS,
    // Whoever sends such a text would fill the server's log with dumps of its heap.
    isQuiet: true,
    farewellMs: FAREWELL_MS,
    signal,
    init: async (call) => {
      const { json, ...recipe } = tokenizer;
      const { files, bpe } = filesOf(json);
      for (const { file, text } of files)
        // In pieces: the event loop turns between them.
        for (let at = 0; at < text.length; at += PIECE_CHARACTERS) {
          const piece: ReceiveRequest = { file, piece: text.slice(at, at + PIECE_CHARACTERS) };
          await call('receive', piece);
        }
      const request: OpenRequest = { recipe, bpe };
      table = await call<TokenTable | undefined>('open', request, { timeout });
    },
    ...(logger ? { logger } : {}),
  });
  return { host, table };
}

/** A recipe's files by name, and what is known beside them where they are no `tokenizer.json`. */
function filesOf(json: TokenizerRecipe['json']): {
  readonly files: readonly { readonly file: ReceiveRequest['file']; readonly text: string }[];
  readonly bpe?: OpenRequest['bpe'];
} {
  if (typeof json === 'string') return { files: [{ file: 'json', text: json }] };
  const { vocab, merges, ...bpe } = json;
  const files = [
    { file: 'vocab', text: vocab },
    { file: 'merges', text: merges },
  ] as const;
  return { files, bpe };
}
