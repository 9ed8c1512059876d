import { TriptychError } from '@triptych/core';
import { type Admission, overloaded } from '@triptych/engine';
import type { CallEndings } from '../observability/metrics.js';
import { endCall, type OpenCall, type OpenCalls } from './open-calls.js';

/** Bounds on calls that do nothing. */
export interface IdleLimits {
  /** Longest time without a message, either way, while nothing is in work, beside what bytes of one take that arrives slowly; 0: none. */
  readonly idleMs: number;
  /** Longest time that an answer waits for its reader, beside what its bytes take a slow one. */
  readonly unreadMs: number;
  /** Bytes of answers that wait for one principal to read them. */
  readonly unreadBytes: number;
}

const LOOK_MS = 500;
/** What ending calls may take of one round of the event loop: ten thousand may be idle for as long as each other. */
const BUDGET_MS = 4;
/** A client that has its status gets so long to close its side of the stream. */
const CLOSE_MS = 2000;
/** The slowest reader and sender that are waited for: bytes a millisecond. */
const SLOWEST = 128;
const ENHANCE_YOUR_CALM = 11;

/** What of a call waits to be read, and since when it has been so much. */
interface Unread {
  readonly bytes: number;
  /** Messages that had been sent: of answers that are read, each in its turn, as many bytes may wait at every look. */
  readonly sent: number;
  readonly since: number;
}

/** Ends calls that send nothing, and calls whose answers nobody reads. */
export class IdleCalls {
  readonly #unread = new WeakMap<OpenCall, Unread>();
  /** Bytes that wait for each principal, as of the last look. */
  #byPrincipal = new Map<unknown, number>();
  readonly #timer: NodeJS.Timeout;
  /** Calls that are yet to end. */
  #endings: Generator<undefined> | undefined;

  constructor(
    private readonly calls: OpenCalls,
    private readonly admission: Pick<Admission, 'isWorking'>,
    private readonly limits: IdleLimits,
    private readonly ended: (reason: CallEndings) => void,
  ) {
    this.#timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Bytes of answers that wait to be read. */
  get unreadBytes(): number {
    return [...this.#byPrincipal.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes of answers that wait for one principal. */
  unreadOf(principal: unknown): number {
    return this.#byPrincipal.get(principal) ?? 0;
  }

  /** Throws OVERLOADED at a principal that does not read its answers: nothing more is computed for it meanwhile. */
  checkReading(principal: unknown): void {
    const { unreadBytes: most } = this.limits;
    const bytes = this.unreadOf(principal);
    if (bytes > most)
      throw overloaded(`${bytes} bytes of answers wait for you to read them, at most ${most} may`);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  look(): void {
    const now = performance.now();
    const byPrincipal = new Map<unknown, number>();
    for (const call of this.calls) {
      const bytes = call.stream.writableLength;
      if (bytes > 0) this.#lookAtReader(call, bytes, now, byPrincipal);
    }
    this.#byPrincipal = byPrincipal;
    // Those of the last look may not all have ended yet.
    const isUnderWay = this.#endings !== undefined;
    this.#endings = this.#endingsAt(now);
    if (!isUnderWay) this.#endSome();
  }

  /** Ends calls for a few milliseconds, and goes on in the next round of the event loop. */
  #endSome(): void {
    const until = performance.now() + BUDGET_MS;
    while (performance.now() < until) {
      if (!this.#endings?.next().done) continue;
      this.#endings = undefined;
      return;
    }
    setImmediate(() => this.#endSome());
  }

  /** Ends one call after the other that is to end: the idle, and those that were answered and that clients leave open. */
  *#endingsAt(now: number): Generator<undefined> {
    for (const call of this.calls) {
      if (call.stream.writableLength > 0 || !this.#isIdle(call, now)) continue;
      this.ended('idle');
      // Once: its status takes its time to go.
      call.active = Infinity;
      endCall(call, idle(this.limits.idleMs));
      yield;
    }
    yield* this.calls.closeAnswered(now - CLOSE_MS);
  }

  #isIdle({ active, arrived, caller, isHandled }: OpenCall, now: number): boolean {
    const { idleMs } = this.limits;
    const isQuiet = idleMs > 0 && now - active > idleMs + arrived / SLOWEST;
    // What others of its connection have in work says nothing of a call that no handler has.
    return isQuiet && !(isHandled && this.admission.isWorking(caller.flow));
  }

  /** A call whose answer has waited too long, or which holds more than its principal may have waiting, ends. */
  #lookAtReader(call: OpenCall, bytes: number, now: number, byPrincipal: Map<unknown, number>): void {
    const { unreadMs, unreadBytes } = this.limits;
    const { principal } = call.caller;
    const before = this.#unread.get(call);
    const isStuck = before?.bytes === bytes && before.sent === call.sent;
    const since = isStuck ? before.since : now;
    this.#unread.set(call, { bytes, sent: call.sent, since });
    const all = (byPrincipal.get(principal) ?? 0) + bytes;
    const isTooLong = now - since > unreadMs + bytes / SLOWEST;
    // What has just been written is given a look's time to go.
    const isTooMuch = all > 2 * unreadBytes && all > bytes && now > since;
    if (isTooLong || isTooMuch) {
      this.ended('unread');
      // Its status would wait behind the answers.
      call.stream.close(ENHANCE_YOUR_CALM);
    } else byPrincipal.set(principal, all);
  }
}

function idle(idleMs: number): TriptychError {
  return new TriptychError(
    'CALL_IDLE',
    `no message came or went for ${idleMs / 1000} s, and nothing was in work; open the call when there is something to send`,
  );
}
