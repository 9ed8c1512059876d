import { setImmediate } from 'node:timers/promises';
import { abortError, type Caller, soleCaller, TriptychError, within, type WorkerHost } from '@triptych/core';
import { type CacheShape, cacheBytes, type DecoderNetwork, roomFor } from './config.js';
import type { DecoderOptions, GenerateOptions, OpenOptions } from './decoder-options.js';
import { DecoderRoom } from './decoder-room.js';
import { Gathering } from './gathering.js';
import type {
  Generated,
  Generation,
  OpenSource,
  StartGeneration,
  TurnReply,
  TurnRequest,
} from './protocol.js';
import { startDecoderWorker } from './start-decoder-worker.js';

/** What is decoded waits so long for sources of its own callers, and then goes on for as long. */
const HOLD_MS = 2000;
/** How long what is to be decoded waits for a worker that is being restarted. */
const RESTART_MS = 10_000;

/** What is decoded: its keys and values stay in the worker until it is closed. */
export interface DecoderSource {
  /** One sequence at a time. Rejects with CANCELLED, WORKER_LOST, NOT_READY, DRAINING. */
  generate(generation: Generation, options?: GenerateOptions): Promise<Generated>;
  close(): void;
}

/** What was computed so far. */
export interface DecoderStatistics {
  readonly steps: number;
  /** Rows of all steps: more than steps where sequences were decoded side by side. */
  readonly rows: number;
}

interface Running {
  readonly principal: unknown;
  readonly onProgress: GenerateOptions['onProgress'];
  readonly resolve: (generated: Generated) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A decoder that is being served. Its worker holds all caches; what crosses threads is what is decoded, once, and tokens. Turns of some
 * milliseconds follow each other as long as anything is decoded: whoever comes, goes or cancels takes part from the next turn on.
 */
export class Decoder {
  readonly #running = new Map<number, Running>();
  #turn = emptyTurn();
  #ids = 0;
  #isTurning = false;
  readonly #gathering: Gathering;
  /** When the worker was lost whose place none has taken yet. */
  #lostAt: number | undefined;
  #replaced: () => void = () => undefined;
  #isClosed = false;
  #steps = 0;
  #rows = 0;
  #held = 0;

  private constructor(
    private readonly host: WorkerHost,
    private readonly network: DecoderNetwork,
    private readonly room: DecoderRoom,
    holdMs: number,
  ) {
    this.#gathering = new Gathering(this.#running, holdMs);
    host.onReadyChange = (ready) => {
      this.#lostAt = ready ? undefined : performance.now();
      if (ready) this.#replaced();
    };
  }

  /** Loads and writes both graphs. Throws bad-weights errors that name the tensor. */
  static async start(network: DecoderNetwork, options: DecoderOptions): Promise<Decoder> {
    const { limits } = options;
    const host = await startDecoderWorker(network, options);
    return new Decoder(host, network, new DecoderRoom(limits), limits.holdMs ?? HOLD_MS);
  }

  /**
   * Computes the keys and values of what is decoded, `states` [tokens, source width], whose buffer changes threads. Waits for room.
   * Rejects with OVERLOADED where as many wait as may, or where this alone takes more than all may take; or with CANCELLED.
   */
  async open(states: Float32Array<ArrayBuffer>, options: OpenOptions): Promise<DecoderSource> {
    const { config } = this.network;
    const { beams, maxTokens = config.positions, signal, caller = soleCaller() } = options;
    const tokens = states.length / config.sourceWidth;
    const share = { bytes: this.bytesOf({ sourceTokens: tokens, beams, tokens: maxTokens }), beams };
    await this.room.enter(share, caller, signal);
    const source = this.#ids++;
    this.#turn.open.push({ source, beams, states, tokens, room: roomFor(maxTokens, config.positions) });
    this.#go();
    let isOpen = true;
    return {
      generate: (generation, options) =>
        this.#generate({ source, generation, maxTokens, principal: caller.principal }, options),
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#close(source);
        this.room.leave(share);
        this.#go();
      },
    };
  }

  /** {@link Gathering.expect} */
  expect(caller: Pick<Caller, 'principal'>): () => void {
    return this.#gathering.expect(caller);
  }

  /** The most tokens of one sequence, its prompt among them. */
  get positions(): number {
    return this.network.config.positions;
  }

  /** Tokens that it knows. */
  get vocabulary(): number {
    return this.network.config.vocabulary;
  }

  /** Sources that the worker held when its last turn ended. */
  get held(): number {
    return this.#held;
  }

  /** Bytes of the caches that such a source takes. */
  bytesOf(shape: CacheShape): number {
    return cacheBytes(this.network, shape);
  }

  get ready(): boolean {
    return this.host.ready;
  }

  get restarts(): number {
    return this.host.restarts;
  }

  /** What is decoded and what waits. */
  get load(): { readonly sequences: number; readonly bytes: number; readonly waiting: number } {
    return this.room.load;
  }

  get statistics(): DecoderStatistics {
    return { steps: this.#steps, rows: this.#rows };
  }

  /** Ends the worker between two turns, as a crash would: what it held is lost, and it restarts. */
  async kill(): Promise<void> {
    await this.host.call('exit', undefined).catch(() => undefined);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#replaced();
    return this.host.close();
  }

  #generate(
    { source, generation, maxTokens, principal }: Asked,
    { signal, onProgress }: GenerateOptions = {},
  ): Promise<Generated> {
    const { prompt } = generation;
    if (prompt.length === 0 || prompt.length > maxTokens || generation.maxTokens > maxTokens) {
      const found = `a prompt of ${prompt.length} and at most ${generation.maxTokens}`;
      throw new TriptychError('INTERNAL', `expected 1 to ${maxTokens} tokens, found ${found}`);
    }
    if (generation.align && !this.network.alignment)
      throw new TriptychError('INTERNAL', 'expected a network whose heads align, found none');
    if (signal?.aborted) return Promise.reject(abortError(signal));
    const id = this.#ids++;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        if (!this.#running.delete(id)) return;
        this.#turn.start = this.#turn.start.filter((one) => one.id !== id);
        this.#turn.stop.push(id);
        this.#gathering.look();
        reject(abortError(signal));
      };
      const leave = () => signal?.removeEventListener('abort', onAbort);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#running.set(id, {
        principal,
        onProgress,
        resolve: (generated) => (leave(), resolve(generated)),
        reject: (error) => (leave(), reject(error)),
      });
      this.#turn.start.push({ source, id, generation, progress: onProgress !== undefined });
      this.#gathering.look();
      this.#go();
    });
  }

  #go(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    void this.#turns();
  }

  async #turns(): Promise<void> {
    // What is asked for at the same time begins in one turn.
    await setImmediate();
    while (this.#running.size > 0 || !isEmpty(this.#turn)) {
      await this.#gathering.wait();
      await this.#nextWorker();
      const turn = this.#turn;
      this.#turn = emptyTurn();
      try {
        const transfer = turn.open.map(({ states }) => states.buffer);
        this.#settle(await this.host.call<TurnReply>('turn', turn satisfies TurnRequest, { transfer }));
      } catch (thrown) {
        await this.#fail(thrown);
      }
    }
    this.#isTurning = false;
  }

  /** Where the worker was lost, waits for the next one, for as long as a restart may take. */
  async #nextWorker(): Promise<void> {
    if (this.#lostAt === undefined || this.#isClosed) return;
    const leftMs = this.#lostAt + RESTART_MS - performance.now();
    if (leftMs > 0) await within(leftMs, new Promise<void>((resolve) => (this.#replaced = resolve)));
  }

  #settle({ ended, lost, progress, steps, rows, sources }: TurnReply): void {
    this.#steps += steps;
    this.#rows += rows;
    this.#held = sources;
    for (const { id, tokens } of progress) this.#running.get(id)?.onProgress?.(tokens);
    for (const { id, generated } of ended) this.#leave(id)?.resolve(generated);
    for (const id of lost) {
      const gone = new TriptychError('WORKER_LOST', 'the worker ended that held what is decoded');
      this.#leave(id)?.reject(gone);
    }
  }

  #leave(id: number): Running | undefined {
    const running = this.#running.get(id);
    this.#running.delete(id);
    return running;
  }

  /** In a turn that is closed before it is opened: what has not been sent yet is taken back. */
  #close(source: number): void {
    const { open, close } = this.#turn;
    const unsent = open.findIndex((one) => one.source === source);
    if (unsent >= 0) open.splice(unsent, 1);
    else close.push(source);
  }

  /** What a worker held that failed is lost. Another takes its place, and gets what this one never got. */
  async #fail(error: unknown): Promise<void> {
    const { open, start } = this.#turn;
    const unsent = start.filter(({ source }) => open.some((one) => one.source === source));
    this.#turn = { open, start: unsent, stop: [], close: [] };
    for (const id of [...this.#running.keys()])
      if (!unsent.some((one) => one.id === id)) this.#leave(id)?.reject(TriptychError.from(error));
    await this.kill();
  }
}

/** What is to be generated, and for whom. */
interface Asked {
  readonly source: number;
  readonly generation: Generation;
  readonly maxTokens: number;
  readonly principal: unknown;
}

interface Turn {
  open: OpenSource[];
  start: StartGeneration[];
  stop: number[];
  close: number[];
}

function emptyTurn(): Turn {
  return { open: [], start: [], stop: [], close: [] };
}

function isEmpty({ open, start, stop, close }: Turn): boolean {
  return open.length + start.length + stop.length + close.length === 0;
}
