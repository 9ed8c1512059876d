import type { Transferable } from 'node:worker_threads';
import type { AnswerLimits } from './answer-bytes.js';
import type { WorkerAnswer, WorkerCall } from './messages.js';

/** Where a worker runs: in a thread of this process, or in a process of its own, which may die without it. */
export type Isolation = 'thread' | 'process';

/** Told what a worker does. */
export interface ChannelEvents {
  /** False where nobody had asked. */
  answer(answer: WorkerAnswer): boolean;
  /** Once, when the worker has ended. */
  ended(cause: unknown): void;
}

/** A worker that runs, and the way to it. */
export interface Channel {
  /** Of a process of its own. */
  readonly pid: number | undefined;
  /** Buffers to transfer change threads; to a process they are copied. */
  post(call: WorkerCall, transfer: readonly Transferable[]): void;
  /** Ends it at once, and waits until it has ended. */
  terminate(): Promise<unknown>;
}

/** What a worker is, and where it runs. */
export interface ChannelOptions {
  readonly isolation: Isolation;
  /** Its file. */
  readonly entry: URL;
  readonly name: string;
  /** Largest JavaScript heap. */
  readonly memoryMb?: number | undefined;
  /** Of a process: variables beside those of this one's that it is given, tokens not among them. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Of a process, from its start: others go first where both want a core. */
  readonly niceness?: number | undefined;
  /** Of a process: what it says on standard error is kept for the reason of its end, not passed on. */
  readonly isQuiet?: boolean | undefined;
  /** Of a process, which is ended where it sends more. Default: 4 MiB and arrays of nearly 4 GiB. */
  readonly answerLimits?: AnswerLimits | undefined;
}
