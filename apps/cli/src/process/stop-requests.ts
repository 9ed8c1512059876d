import { constants } from 'node:os';
import { watchStarters } from './starters.js';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Set by a process that starts itself anew, for the new one: they are connected, unless the first has ended. */
export const RELAUNCHED_VARIABLE = 'TRIPTYCH_RELAUNCHED';

/** Why to stop: a signal, or a process that had started this one and has ended. */
export interface StopRequest {
  readonly signal: StopSignal;
  readonly endedStarter?: string;
}

/** From the process that was started to the one that it started anew: how often it was asked to stop so far, and why. */
export interface StopRelay extends StopRequest {
  readonly stopRequests: number;
}

/** The first request lets what is in work end; the second does not. */
export interface StopRequests {
  readonly first: Promise<StopRequest>;
  readonly second: Promise<StopRequest>;
}

/**
 * Listens from now on for what asks this process to stop: SIGINT, SIGTERM, and the end of what started it, be it the
 * process that started it anew, npm, or a shell that waits for it. A signal that reaches both this process and the one that
 * started it anew is one request.
 */
export function listenForStop(): StopRequests {
  const resolvers: ((request: StopRequest) => void)[] = [];
  const [first, second] = [0, 1].map((i) => new Promise<StopRequest>((resolve) => (resolvers[i] = resolve)));
  let direct = 0;
  let count = 0;
  const raiseTo = (wanted: number, request: StopRequest) => {
    while (count < wanted) resolvers[count++]?.(request);
  };
  const onSignal = (signal: StopSignal) => raiseTo(++direct, { signal });
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);

  const onStarterEnded = (endedStarter: string) => raiseTo(1, { signal: 'SIGTERM', endedStarter });
  watchStarters(onStarterEnded);
  if (process.channel) {
    process.on('message', (message) => {
      if (isRelay(message)) raiseTo(message.stopRequests, message);
    });
    process.once('disconnect', () => onStarterEnded('the process'));
    // Whoever listens on it must not keep the process.
    process.channel.unref();
  } else if (process.env[RELAUNCHED_VARIABLE] !== undefined) onStarterEnded('the process');
  // It says nothing of what this process starts.
  delete process.env[RELAUNCHED_VARIABLE];
  return { first, second };
}

/** Waits for what it is given. A request that comes before ends the process, with the exit code that a shell has for its signal. */
export async function orStop<T>(work: Promise<T>, request: Promise<StopRequest>): Promise<T> {
  let isDone = false;
  void request.then(({ signal }) => {
    if (!isDone) process.exit(128 + constants.signals[signal]);
  });
  try {
    return await work;
  } finally {
    isDone = true;
  }
}

function isRelay(message: unknown): message is StopRelay {
  return typeof message === 'object' && message !== null && 'stopRequests' in message;
}
