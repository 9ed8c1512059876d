import {
  abortError,
  type AnswerLimits,
  type Caller,
  FairOrder,
  type Isolation,
  type Logger,
  type Queueing,
  TriptychError,
  WorkerHost,
  workerEntry,
} from '@triptych/core';
import { isTurnReply, type TurnReply, type TurnRequest } from './worker/protocol.js';

export interface DecoderLaneOptions {
  readonly name: string;
  readonly isolation: Isolation;
  /** The worker is ended where a single turn, of some milliseconds, takes so long. Default: never. */
  readonly hangMs?: number | undefined;
  readonly logger?: Logger | undefined;
}

/** Whom audio is decoded for. */
export interface DecodeOptions {
  readonly caller: Caller;
  /** Work that nobody waits for any more is left where it is. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since the epoch. Default: none. */
  readonly deadline?: number | undefined;
}

/** A turn that waits for the worker. */
interface Waiting extends Queueing {
  readonly request: TurnRequest;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
  /** Milliseconds that it is expected to take. */
  readonly cost: number;
  readonly resolve: (reply: TurnReply) => void;
  readonly reject: (error: unknown) => void;
  /** Workers that have ended with it in their hands. */
  deaths: number;
}

/** Milliseconds that a turn costs beside decoding. */
const TURN_MS = 0.2;
/** The windows of a turn, or the samples of a clip. */
const ANSWER_LIMITS: AnswerLimits = { headBytes: 2 ** 20, arrayBytes: 2 ** 30 };
/** Turns that the worker holds: one that it takes, and one that it finds when that is over. */
const MOST_HELD = 2;
/** A turn is failed once this many workers have ended during it. */
const MOST_DEATHS = 2;

/**
 * A worker that decodes for many at once: each job takes turns of some milliseconds, in a fair order of callers. One whose signal
 * aborts is dropped between two of its turns.
 */
export class DecoderLane {
  /** Jobs that use it. */
  load = 0;
  #held = 0;
  #isClosed = false;
  readonly #waiting = new FairOrder<Waiting>();
  /** Restarts of the worker before it was last lost. */
  #lostAt = -1;

  private constructor(
    private readonly host: WorkerHost,
    private readonly hangMs: number | undefined,
  ) {
    host.onReadyChange = () => this.#dispatch();
  }

  static async start({ name, isolation, hangMs, logger }: DecoderLaneOptions): Promise<DecoderLane> {
    const entry = workerEntry(import.meta.url, './worker/audio-worker.js');
    const options = {
      entry,
      name,
      isolation,
      restart: true,
      answerLimits: ANSWER_LIMITS,
      ...(logger ? { logger } : {}),
    };
    return new DecoderLane(await WorkerHost.start(options), hangMs);
  }

  get isReady(): boolean {
    return this.host.ready;
  }

  /** `expectedMs` is what decoding is expected to take in this turn. Rejects with CANCELLED, WORKER_LOST, AUDIO_DECODE_TIMEOUT. */
  turn(
    request: TurnRequest,
    expectedMs: number,
    { caller, signal, deadline = Infinity }: DecodeOptions,
  ): Promise<TurnReply> {
    if (signal?.aborted) return Promise.reject(abortError(signal));
    if (this.#isClosed) return Promise.reject(draining());
    return new Promise((resolve, reject) => {
      const turn: Waiting = {
        request,
        cost: TURN_MS + expectedMs,
        caller,
        deadline,
        signal,
        onAbort: () => this.#drop(turn, abortError(signal)),
        resolve,
        reject,
        deaths: 0,
      };
      signal?.addEventListener('abort', turn.onAbort, { once: true });
      this.#waiting.add(turn);
      this.#dispatch();
    });
  }

  /** Frees what the worker holds of a job. A worker that has died holds nothing. */
  end(job: number): void {
    this.host.call('close', job).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#waiting.first) this.#drop(this.#waiting.first, draining());
    await this.host.close();
  }

  #drop(turn: Waiting, error: TriptychError): void {
    if (!this.#waiting.remove(turn)) return;
    turn.signal?.removeEventListener('abort', turn.onAbort);
    turn.reject(error);
  }

  #dispatch(): void {
    while (this.host.ready && this.#held < MOST_HELD && this.#waiting.size > 0) {
      const [next] = this.#waiting.take(
        () => false,
        () => 1,
      );
      void this.#run(next);
    }
  }

  async #run(turn: Waiting): Promise<void> {
    const { request, signal, onAbort, resolve, reject } = turn;
    const { hangMs } = this;
    const { sent, transfer } = withOwnData(request);
    this.#held++;
    try {
      const timeout =
        hangMs === undefined ? undefined : { ms: hangMs, reason: 'AUDIO_DECODE_TIMEOUT' as const };
      const reply = await this.host.call<unknown>('turn', sent, {
        transfer,
        ...(timeout ? { timeout } : {}),
      });
      if (!isTurnReply(reply)) {
        void this.host.kill();
        throw new TriptychError('WORKER_LOST', 'the decoder answered with what is no audio');
      }
      // Of an earlier worker: that one was lost, this one is well.
      if (reply.failure?.reason === 'WORKER_LOST') reject(TriptychError.fromRecord(reply.failure));
      else resolve(reply);
      // A few bytes may take a whole turn: what was understated is paid by the caller's next one.
      this.#waiting.settle(turn.caller, TURN_MS + reply.spentUs / 1000 - turn.cost);
    } catch (thrown) {
      if (this.#isToBeTriedAgain(thrown, turn) && !signal?.aborted && !this.#isClosed) {
        this.#waiting.add(turn);
        return;
      }
      reject(thrown);
    } finally {
      this.#held--;
      this.#dispatch();
    }
    signal?.removeEventListener('abort', onAbort);
  }

  /**
   * A job that has not begun goes to the next worker. A worker dies of the turn that it takes: the one behind it is innocent, and the
   * first may be, for a worker also ends by what is not its own.
   */
  #isToBeTriedAgain(thrown: unknown, turn: Waiting): boolean {
    const reason = thrown instanceof TriptychError ? thrown.reason : undefined;
    if (reason !== 'WORKER_LOST' && reason !== 'AUDIO_DECODE_TIMEOUT') return false;
    const isBehind = this.#lostAt === this.host.restarts;
    this.#lostAt = this.host.restarts;
    if (!isBehind) turn.deaths++;
    const isGuilty = !isBehind && (reason === 'AUDIO_DECODE_TIMEOUT' || turn.deaths >= MOST_DEATHS);
    return turn.request.open !== undefined && !isGuilty;
  }
}

/** Bytes of a request are a view into a larger message: sending the view would clone all of it. */
function withOwnData(request: TurnRequest): { sent: TurnRequest; transfer: ArrayBuffer[] } {
  const { input } = request;
  if (!input || input.data.length === 0) return { sent: request, transfer: [] };
  const data = new Uint8Array(input.data);
  return { sent: { ...request, input: { ...input, data } }, transfer: [data.buffer] };
}

function draining(): TriptychError {
  return new TriptychError('DRAINING', 'the decoders are closed');
}
