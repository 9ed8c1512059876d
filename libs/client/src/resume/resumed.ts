import { CallError } from '../call-error.js';
import { isBrokenOff, pauseMs, type RetryOptions, UNAVAILABLE } from '../retry.js';
import { Signal } from './signal.js';

const CANCELLED = 1;

interface Cancellable {
  cancel(): void;
}

/** State of a stream that reconnects: the connection that is open now, and whether the caller has ended the stream. */
export class Lifeline<Stream extends Cancellable> {
  /** Undefined while it reconnects. */
  current: Stream | undefined;
  /** Why nothing more is sent: it has failed, was cancelled, or is at its end. Undefined while it goes on. */
  ended: Error | undefined;
  /** What the caller has sent or finished so far: a number that grows. */
  pushes = 0;
  /** Changes with either, and with what its owner waits for. */
  readonly signal = new Signal();

  /** `release` lets go of what is kept for opening the stream anew. */
  constructor(private readonly release: () => void = () => undefined) {}

  get isOver(): boolean {
    return this.ended !== undefined;
  }

  /** The caller has sent something, or sends no more. */
  pushed(): void {
    this.pushes++;
    this.signal.change();
  }

  broken(): void {
    this.current = undefined;
    this.signal.change();
  }

  /** Waits so long, or until the caller ends the stream. */
  async pause(ms: number): Promise<void> {
    let isWaiting = true;
    const timer = setTimeout(() => {
      isWaiting = false;
      this.signal.change();
    }, ms);
    while (isWaiting && !this.isOver) await this.signal.changed;
    clearTimeout(timer);
  }

  /** Lets go of everything: the caller wants no more, or the stream is over. The first reason counts. */
  end(why?: Error): void {
    this.ended ??= why ?? new CallError(CANCELLED, 'the stream has ended', undefined);
    this.current?.cancel();
    this.release();
    this.signal.change();
  }
}

/** How a stream is opened anew where it breaks off. */
export interface Resumable<Answer> {
  /** Whether all is kept that it takes to open it anew. Default: yes. */
  readonly isResumable?: boolean;
  /** Opens it where the last one stopped, and sends what is to be sent. */
  open(): AsyncIterable<Answer>;
  /** Notes an answer: whether the caller is to see it, and whether it shows that this attempt got somewhere. */
  take(answer: Answer): { readonly isSeen: boolean; readonly isProgress: boolean };
}

/** Answers of streams that follow each other as if they were one. Throws what is not passing, or passes too often. */
export async function* resumed<Answer>(
  lifeline: Lifeline<Cancellable & AsyncIterable<Answer>>,
  stream: Resumable<Answer>,
  retry: RetryOptions,
): AsyncGenerator<Answer> {
  const { maxAttempts = 10 } = retry;
  try {
    for (let attempt = 1; ; attempt++) {
      if (lifeline.isOver) throw new CallError(CANCELLED, 'the stream was cancelled', undefined);
      const pushesBefore = lifeline.pushes;
      try {
        for await (const answer of stream.open()) {
          const { isSeen, isProgress } = stream.take(answer);
          if (isProgress) attempt = 1;
          if (isSeen) yield answer;
        }
        return;
      } catch (thrown) {
        const isHopeless =
          stream.isResumable === false || !isPassing(thrown) || (attempt >= maxAttempts && !isIdle(thrown));
        if (lifeline.isOver || isHopeless) throw thrown;
        lifeline.broken();
        if (isIdle(thrown)) {
          // Silence is no failure. One that was sent something opens anew at once: it may have crossed the end on its way.
          while (lifeline.pushes === pushesBefore && !lifeline.isOver) await lifeline.signal.changed;
          if (lifeline.isOver) throw thrown;
          attempt = 0;
          continue;
        }
        await lifeline.pause(pauseMs(attempt, retry, delayOf(thrown)));
      }
    }
  } catch (thrown) {
    lifeline.end(thrown as Error);
    throw thrown;
  } finally {
    lifeline.end();
  }
}

/** Whether a server ended a stream because nothing came. */
function isIdle(thrown: unknown): boolean {
  return thrown instanceof CallError && thrown.details?.reason === 'CALL_IDLE';
}

/** How long the server asks to wait before another attempt. */
function delayOf(thrown: unknown): number | undefined {
  return thrown instanceof CallError ? thrown.details?.retryDelayMs : undefined;
}

/** Whether a stream broke off, or was refused, for a reason that another attempt may not meet. What Triptych itself refuses has details. */
function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof CallError)) return false;
  return thrown.code === UNAVAILABLE || isBrokenOff(thrown) || delayOf(thrown) !== undefined;
}
