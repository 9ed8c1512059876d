import { setTimeout as sleep } from 'node:timers/promises';
import type { Transferable } from 'node:worker_threads';
import { abortError } from '../errors/abort-error.js';
import type { Reason } from '../errors/catalogue.js';
import { type ErrorRecord, TriptychError } from '../errors/triptych-error.js';
import { untilAborted } from '../errors/until-aborted.js';
import { type Logger, silentLogger } from '../logger.js';
import { within } from '../scheduling/within.js';
import type { AnswerLimits } from './answer-bytes.js';
import type { Channel, Isolation } from './channel.js';
import type { WorkerAnswer } from './messages.js';
import { openChannel } from './open-channel.js';

export interface WorkerHostOptions {
  /** File that calls `serveWorker`. */
  readonly entry: URL;
  /** Shown in logs. */
  readonly name: string;
  /** Default: a thread. */
  readonly isolation?: Isolation | undefined;
  /** Prepares each new worker before it takes calls: the first, and every restarted one. */
  readonly init?: (call: WorkerHost['call']) => Promise<unknown>;
  /** Ends the start. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
  /** Restart a worker that dies, after a pause that doubles from 50 ms to 5 s. Default: no. */
  readonly restart?: boolean;
  /** Longest that `close` waits for what the worker holds. Default: a minute. */
  readonly farewellMs?: number;
  /** Largest JavaScript heap, beyond which it ends. Default: Node's. */
  readonly memoryMb?: number | undefined;
  /** Of a process: variables beside those of this one's that it is given, tokens not among them. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Of a process: others go first where both want a core. Default: 0. */
  readonly niceness?: number | undefined;
  /** Of a process: what it says on standard error is logged when it has ended, not passed on. */
  readonly isQuiet?: boolean | undefined;
  /** Of a process, which is ended where it sends more. Default: 4 MiB and arrays of nearly 4 GiB. */
  readonly answerLimits?: AnswerLimits | undefined;
  /** Native code runs in its thread, which must not lose it under a call: {@link restNativeThreads}. */
  readonly isNative?: boolean;
  readonly logger?: Logger;
}

export interface CallOptions {
  readonly transfer?: readonly Transferable[];
  /**
   * The worker is ended (and restarted) when the call takes longer, and the call fails with this reason. Calls are answered in the order
   * they came: its time begins once those before it that have a limit are answered.
   */
  readonly timeout?: Limit;
}

interface Limit {
  readonly ms: number;
  readonly reason: Reason;
}

interface PendingCall {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: TriptychError) => void;
  timer: NodeJS.Timeout | undefined;
}

type State = 'starting' | 'ready' | 'restarting' | 'closed';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;
const LONGEST_FAREWELL_MS = 60_000;
/** A timer that fires so much too late tells of this thread, which was busy or paused, not of the worker. */
const LATE_MS = 50;

const nativeThreads = new Set<WorkerHost>();
let isEnding = false;

/**
 * For who is about to call `process.exit`: this takes the threads of all workers, and native code that returns to a thread that was taken ends the
 * process with SIGABRT. Resolves once no native code is under way, which exiting would wait for as well, or after `withinMs`; none begins any more.
 */
export async function restNativeThreads(withinMs: number): Promise<void> {
  isEnding = true;
  const resting = Promise.all([...nativeThreads].map((host) => host.rest()));
  await within(withinMs, resting);
}

/**
 * One worker with remote calls, supervised: when it dies, every call it held is rejected with
 * WORKER_LOST (retryable) and, if asked, another takes its place.
 */
export class WorkerHost {
  #worker: Channel | undefined;
  #state: State = 'starting';
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;
  /** Restarts come one after the other: what prepares a worker goes on for a while where that has died. */
  #restarting: Promise<void> = Promise.resolve();
  /** Workers that were begun so far. */
  #begun = 0;
  #nextId = 0;
  readonly #pending = new Map<number, PendingCall>();
  /** Limits of the calls that have one, in the order they came. */
  readonly #limits = new Map<number, Limit>();
  readonly #logger: Logger;
  /** Called each time the worker becomes ready or stops being so. */
  onReadyChange: ((ready: boolean) => void) | undefined;
  /** Times a dead worker was replaced. */
  restarts = 0;

  private constructor(private readonly options: WorkerHostOptions) {
    if (options.isNative && options.isolation !== 'process') nativeThreads.add(this);
    this.#logger = options.logger ?? silentLogger;
  }

  /**
   * Starts the worker and waits until `init` has run. Rejects with what `init` threw, or `signal` aborted with; the worker has ended by
   * then.
   */
  static async start(options: WorkerHostOptions): Promise<WorkerHost> {
    const { signal } = options;
    if (signal?.aborted) throw abortError(signal);
    const host = new WorkerHost(options);
    const starting = host.#spawn();
    try {
      await (signal ? untilAborted(starting, signal) : starting);
    } catch (thrown) {
      if (signal?.aborted) await host.#giveUp();
      else await host.close();
      throw thrown;
    }
    return host;
  }

  get ready(): boolean {
    return this.#state === 'ready';
  }

  /** Of a worker that runs in a process of its own. */
  get pid(): number | undefined {
    return this.#worker?.pid;
  }

  /** Calls `method` in the worker. Rejects with its TriptychError, or WORKER_LOST, NOT_READY or its timeout's reason. */
  readonly call = <T>(method: string, argument: unknown, options: CallOptions = {}): Promise<T> => {
    if (this.#state !== 'ready') {
      const reason = this.#state === 'closed' ? 'DRAINING' : 'NOT_READY';
      return Promise.reject(new TriptychError(reason, `${this.options.name} is not ready (${this.#state})`));
    }
    return this.#send<T>(method, argument, options);
  };

  /** Ends the worker at once. Calls in flight are rejected; with `restart`, a new one takes its place. */
  async kill(): Promise<void> {
    await this.#worker?.terminate();
  }

  /** Ends the worker for good, once it has answered what it holds: native code must not lose its thread under it. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    await this.#dismiss();
    nativeThreads.delete(this);
  }

  /** Takes no more calls. Resolves once the worker has begun, and answered all that it holds. */
  async rest(): Promise<void> {
    // Calls are answered in the order they came, and none before the worker's modules are loaded.
    const answered = this.#send('rest', undefined);
    this.#state = 'closed';
    clearTimeout(this.#timer);
    await answered.catch(() => undefined);
  }

  /** Ends the worker for good, whatever it is at; native code alone comes to its end. */
  async #giveUp(): Promise<void> {
    this.#state = 'closed';
    if (!nativeThreads.has(this)) await this.kill();
    await this.close();
  }

  async #dismiss(): Promise<void> {
    const until = performance.now() + (this.options.farewellMs ?? LONGEST_FAREWELL_MS);
    while (this.#pending.size > 0 && performance.now() < until) await sleep(10);
    await this.#worker?.terminate();
  }

  async #spawn(): Promise<void> {
    const { name, isolation = 'thread' } = this.options;
    if (isEnding && nativeThreads.has(this)) throw new TriptychError('DRAINING', `${name}: the process ends`);
    let cause: unknown;
    const worker: Channel = openChannel(
      { ...this.options, isolation },
      {
        answer: (answer) => this.#settle(answer),
        ended: (thrown) => this.#lost(worker, (cause = thrown)),
      },
    );
    this.#worker = worker;
    this.#begun++;
    await this.options.init?.((method, argument, options) => this.#send(method, argument, options));
    // Whoever closed it, or ends the process, knows why it does not start.
    if (this.#state === 'closed') throw new TriptychError('DRAINING', `${name} was closed while starting`);
    if (this.#worker !== worker)
      throw new TriptychError('WORKER_LOST', `${name} ended while starting`, { cause });
    this.#state = 'ready';
    this.#pauseMs = FIRST_PAUSE_MS;
    this.onReadyChange?.(true);
  }

  #send<T>(method: string, argument: unknown, { transfer = [], timeout }: CallOptions = {}): Promise<T> {
    const worker = this.#worker;
    if (!worker || this.#state === 'closed') {
      const reason = worker ? 'DRAINING' : 'WORKER_LOST';
      return Promise.reject(new TriptychError(reason, `${this.options.name} has ended`));
    }
    return new Promise<T>((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { resolve: resolve as PendingCall['resolve'], reject, timer: undefined });
      if (timeout) this.#limits.set(id, timeout);
      this.#watchFirst();
      try {
        worker.post({ id, method, argument }, transfer);
      } catch (thrown) {
        // It cannot be sent, so nobody answers it.
        this.#take(id)?.reject(TriptychError.from(thrown));
      }
    });
  }

  /** False where no call waits for it. */
  #settle(answer: WorkerAnswer): boolean {
    const call = this.#take(answer.id);
    this.#watchFirst();
    if (!call) return false;
    if ('error' in answer) call.reject(failureOf(answer.error));
    else call.resolve(answer.result);
    return true;
  }

  /** Begins the time of the call that the worker is at. */
  #watchFirst(): void {
    const [first] = this.#limits;
    if (first && !this.#pending.get(first[0])?.timer) this.#watch(...first);
  }

  #watch(id: number, limit: Limit): void {
    const call = this.#pending.get(id);
    if (!call) return;
    const due = performance.now() + limit.ms;
    call.timer = setTimeout(() => {
      if (performance.now() - due > LATE_MS) this.#watch(id, limit);
      else this.#expire(id, limit);
    }, limit.ms);
  }

  #expire(id: number, { ms, reason }: Limit): void {
    this.#take(id)?.reject(
      new TriptychError(reason, `not done after ${ms} ms, the longest this server allows`),
    );
    void this.kill();
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    this.#limits.delete(id);
    clearTimeout(call?.timer);
    return call;
  }

  #lost(worker: Channel, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const [wasReady, wasStarting] = [this.#state === 'ready', this.#state === 'starting'];
    if (this.#state !== 'closed') this.#state = 'restarting';
    for (const id of [...this.#pending.keys()]) {
      const error = new TriptychError('WORKER_LOST', `${this.options.name} ended before it answered`, {
        cause,
      });
      this.#take(id)?.reject(error);
    }
    if (wasReady) this.onReadyChange?.(false);
    // Whoever starts it is told.
    if (this.#state === 'closed' || wasStarting || !this.options.restart) return;
    this.#logger.error(
      { worker: this.options.name, err: cause, pauseMs: this.#pauseMs },
      'worker died, restarting',
    );
    this.#restartLater();
  }

  #restartLater(): void {
    if (this.#state === 'closed' || isEnding) return;
    const restart = () => (this.#restarting = this.#restarting.then(() => this.#restart()));
    this.#timer = setTimeout(() => void restart(), this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  async #restart(): Promise<void> {
    if (this.#state === 'closed') return;
    const begun = this.#begun;
    try {
      this.restarts++;
      await this.#spawn();
    } catch (thrown) {
      this.#logger.error({ worker: this.options.name, err: thrown }, 'worker did not restart');
      // One that was not even begun ends nowhere: the system has no thread, process or memory for it now.
      if (this.#begun === begun) this.#restartLater();
      await this.#dismiss();
    }
  }
}

/** That a worker is lost says its host alone. */
function failureOf(record: ErrorRecord): TriptychError {
  const error = TriptychError.fromRecord(record);
  return error.reason === 'WORKER_LOST' ? TriptychError.from(new Error(error.message)) : error;
}
