import {
  abortError,
  type Caller,
  FairOrder,
  soleCaller,
  TriptychError,
  type WorkerHost,
} from '@triptych/core';
import { startTextWorker, type TextWorkerOptions } from './start-text-worker.js';
import { type Bundle, outcomesOf, takeBundle, type Waiting } from './text-bundle.js';
import { type TokenWords, tokenWords } from './token-words.js';
import type { TokenizedText } from './worker/protocol.js';

export interface TextPreprocessorOptions extends TextWorkerOptions {
  /** Longest that one text may take. Default: 5000. */
  readonly timeoutMs?: number;
}

/** Whom a text is tokenized for. */
export interface TokenizeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: somebody who shares with nobody. */
  readonly caller?: Caller | undefined;
  /** Milliseconds since the epoch, after which nobody wants the result. */
  readonly deadline?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 5000;
/** One may have been killed for what it did not do. A text that a second one ends on is what ends them. */
const MOST_LOSSES = 2;
/** How long texts wait for a worker that is being restarted. */
const RESTART_MS = 10_000;

/**
 * One model's tokenizer, in a process of its own: whatever patterns a checkpoint brings, they delay that model's texts alone. A thread
 * whose memory runs out within a built-in function takes its process along; this one is replaced. Texts wait in a fair order over
 * their callers, and short ones go to it several in a message. One that takes longer than its limit is ended with the worker; what waited
 * with and behind it goes on in the next.
 */
export class TextPreprocessor {
  readonly #waiting = new FairOrder<Waiting>();
  /** What the worker holds, in the order that it answers in. */
  #held: Bundle[] = [];
  #willDispatch = false;
  /** The worker has ended, or was late, on a bundle of texts: from then on they go one by one, and what one does is known to be its doing. */
  #goAlone = false;
  #limit: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #lacksWorker = false;
  /** The worker is being ended: it gets nothing more. */
  #isEnding = false;
  #closed = false;

  private constructor(
    private readonly host: WorkerHost,
    private readonly options: TextPreprocessorOptions,
    private readonly table: TokenWords | undefined,
  ) {
    host.onReadyChange = (ready) => this.#readyChanged(ready);
  }

  /** Starts the worker and makes the tokenizer. Throws WEIGHTS_CORRUPT or MODEL_CONFIG. */
  static async start(options: TextPreprocessorOptions): Promise<TextPreprocessor> {
    const { host, table } = await startTextWorker(options);
    return new TextPreprocessor(host, options, table && tokenWords(table));
  }

  /** Of the process that tokenizes now. */
  get pid(): number | undefined {
    return this.host.pid;
  }

  /**
   * A text → at most `context` token ids, start and end included. Rejects with TEXT_TOKENIZE_TIMEOUT, TEXT_TOKENIZE_CRASH, CANCELLED,
   * DEADLINE_PASSED, NOT_READY or DRAINING.
   */
  async tokenize(text: string, context: number, options: TokenizeOptions = {}): Promise<TokenizedText> {
    const { signal, caller = soleCaller(), deadline = Infinity } = options;
    if (signal?.aborted) throw abortError(signal);
    if (this.#closed) throw closed();
    if (this.#lacksWorker) throw notReady();
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const request = { text, context };
        const cost = text.length + 1;
        const entry: Waiting = { request, caller, deadline, cost, signal, losses: 0, resolve, reject };
        onAbort = () => {
          // What the worker holds by now, it finishes: there is nobody to tell.
          this.#waiting.remove(entry);
          reject(abortError(signal));
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        this.#waiting.add(entry);
        this.#dispatchSoon();
      });
    } finally {
      if (onAbort) signal?.removeEventListener('abort', onAbort);
    }
  }

  /** What tokens stand for in UTF-8, without special ones. Of recipes that ask for it. */
  words(tokens: readonly number[]): Uint8Array {
    if (this.table) return this.table(tokens);
    throw new TriptychError('INTERNAL', 'the recipe of the tokenizer does not ask for words');
  }

  /** Ends the worker, at most half a second after the call, with whatever it holds. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    this.#rejectWaiting(closed);
    await this.host.close();
    clearTimeout(this.#limit);
  }

  /** Once all texts of a call are there. */
  #dispatchSoon(): void {
    if (this.#willDispatch) return;
    this.#willDispatch = true;
    queueMicrotask(() => {
      this.#willDispatch = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.host.ready && !this.#isEnding) {
      const taken = takeBundle(this.#waiting, this.#held, this.#goAlone);
      if (taken.length === 0) return;
      const now = Date.now();
      const bundle = taken.filter(({ deadline }) => deadline > now);
      for (const entry of taken) if (entry.deadline <= now) entry.reject(deadlinePassed());
      if (bundle.length > 0) this.#handOver(bundle);
    }
  }

  #handOver(bundle: Bundle): void {
    this.#held.push(bundle);
    if (this.#held.length === 1) this.#startLimit();
    const requests = bundle.map(({ request }) => request);
    const outcomes = this.host
      .call('tokenize', requests)
      .then((answers) => outcomesOf(answers, requests, this.options.tokenizer));
    outcomes.then(
      (outcomes) => this.#answered(bundle, (entry, i) => outcomes[i](entry)),
      (thrown: unknown) => {
        const isLost = thrown instanceof TriptychError && thrown.reason === 'WORKER_LOST';
        if (isLost) this.#lost(bundle);
        else this.#answered(bundle, ({ reject }) => reject(thrown));
      },
    );
  }

  /** Settles texts unless they were taken back meanwhile. */
  #answered(bundle: Bundle, settle: (entry: Waiting, i: number) => void): void {
    const at = this.#held.indexOf(bundle);
    if (at < 0) return;
    this.#held.splice(at, 1);
    bundle.forEach(settle);
    this.#startLimit();
    this.#dispatch();
  }

  /** The worker ended while it was at the first bundle that it held; the others have done nothing. */
  #lost(bundle: Bundle): void {
    if (this.#held[0] !== bundle) return;
    // It answered with what is no tokens.
    if (this.host.ready) this.#endWorker();
    const [entry] = bundle;
    if (bundle.length > 1) this.#goAlone = true;
    else if (!this.#closed && ++entry.losses === MOST_LOSSES) {
      this.#held.shift();
      entry.reject(
        new TriptychError(
          'TEXT_TOKENIZE_CRASH',
          `the model's tokenizer ended ${MOST_LOSSES} times while it was at this text, as it does where its memory runs out`,
        ),
      );
    }
    this.#takeBack();
  }

  /** The limit of what the worker is at: the short texts of a bundle together have that of one. */
  #startLimit(): void {
    clearTimeout(this.#limit);
    const [first] = this.#held;
    if (!first) return;
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = this.options;
    // An answer may have come while the event loop was busy: it is read before the text counts as late.
    this.#limit = setTimeout(() => setImmediate(() => this.#expire(first, timeoutMs)), timeoutMs);
  }

  #expire(late: Bundle, timeoutMs: number): void {
    if (this.#closed || this.#held[0] !== late) return;
    if (late.length > 1) this.#goAlone = true;
    else {
      this.#held.shift();
      late[0].reject(
        new TriptychError(
          'TEXT_TOKENIZE_TIMEOUT',
          `not done after ${timeoutMs} ms, the longest this server allows`,
        ),
      );
    }
    this.#takeBack();
    this.#endWorker();
  }

  #endWorker(): void {
    this.#isEnding = true;
    void this.host.kill();
  }

  /** What the worker holds waits again. */
  #takeBack(): void {
    clearTimeout(this.#limit);
    const held = this.#held.flat();
    this.#held = [];
    for (const entry of held) {
      if (this.#closed) entry.reject(closed());
      else if (!entry.signal?.aborted) this.#waiting.add(entry);
    }
  }

  #readyChanged(ready: boolean): void {
    clearTimeout(this.#restart);
    this.#lacksWorker = false;
    this.#isEnding = false;
    if (ready) this.#dispatch();
    else if (!this.#closed) this.#restart = setTimeout(() => this.#giveUp(), RESTART_MS);
  }

  #giveUp(): void {
    this.#lacksWorker = true;
    this.#rejectWaiting(notReady);
  }

  #rejectWaiting(error: () => TriptychError): void {
    for (const entry of this.#waiting.take(any, all)) entry.reject(error());
  }
}

/** How {@link FairOrder.take} is told to take all. */
const any = () => true;
const all = () => Infinity;

function deadlinePassed(): TriptychError {
  return new TriptychError('DEADLINE_PASSED', 'the deadline passed before the text was tokenized');
}

function closed(): TriptychError {
  return new TriptychError('DRAINING', 'the tokenizer is closed');
}

function notReady(): TriptychError {
  return new TriptychError('NOT_READY', 'the tokenizer is being restarted');
}
