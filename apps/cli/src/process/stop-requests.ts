import { constants } from 'node:os';
import { endProcess, unlessEnding } from './end-process.js';
import { watchStarters } from './starters.js';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Why to stop: a signal, or a process that had started this one and has ended. */
export interface StopRequest {
  readonly signal: StopSignal;
  readonly endedStarter?: string;
}

/** The first request lets what is in work end; the second does not. */
export interface StopRequests {
  readonly first: Promise<StopRequest>;
  readonly second: Promise<StopRequest>;
}

/** Listens from now on for what asks this process to stop: SIGINT, SIGTERM, and the end of npm or a shell that started it and waits for it. */
export function listenForStop(): StopRequests {
  const resolvers: ((request: StopRequest) => void)[] = [];
  const [first, second] = [0, 1].map((i) => new Promise<StopRequest>((resolve) => (resolvers[i] = resolve)));
  let signals = 0;
  const onSignal = (signal: StopSignal) => resolvers[signals++]?.({ signal });
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  // Counted as no signal is: whoever ended may have passed one on.
  watchStarters((endedStarter) => resolvers[0]({ signal: 'SIGTERM', endedStarter }));
  return { first, second };
}

/** Waits for what it is given. A request that comes before ends the process, with the exit code that a shell has for its signal. */
export async function orStop<T>(work: Promise<T>, request: Promise<StopRequest>): Promise<T> {
  let isDone = false;
  void request.then(({ signal }) => {
    if (!isDone) void endProcess(128 + constants.signals[signal]);
  });
  try {
    return await work;
  } finally {
    isDone = true;
    await unlessEnding();
  }
}
