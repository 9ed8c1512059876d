import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Transferable, Worker } from 'node:worker_threads';
import { within } from '../scheduling/within.js';
import { BEGUN, isAnswer, type WorkerAnswer, type WorkerCall } from './messages.js';
import { passedEnvironment } from './passed-environment.js';
import { stepBackChild } from './step-back.js';
import { threadSettings, threadSettingsArgument } from './thread-settings.js';

/** Where a worker runs: in a thread of this process, or in a process of its own, which may die without it. */
export type Isolation = 'thread' | 'process';

/** Told what a worker does. */
export interface ChannelEvents {
  answer(answer: WorkerAnswer): void;
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
}

/** Longest that the end of a thread waits for its modules to be loaded. */
const LONGEST_BEGINNING_MS = 5000;

/** Starts a worker. */
export function openChannel(options: ChannelOptions, events: ChannelEvents): Channel {
  return options.isolation === 'thread' ? openThread(options, events) : openProcess(options, events);
}

function openThread({ entry, name, memoryMb }: ChannelOptions, events: ChannelEvents): Channel {
  const resourceLimits = memoryMb === undefined ? {} : { maxOldGenerationSizeMb: memoryMb };
  // Flags of a program that is no file, as --input-type, would keep a worker from being one.
  const worker = new Worker(entry, { name, resourceLimits, execArgv: [] });
  let cause: unknown;
  const begun = new Promise<void>((resolve) => {
    worker.once('message', () => resolve());
    worker.once('exit', () => resolve());
  });
  worker.on('message', (answer: WorkerAnswer | typeof BEGUN) => {
    if (answer !== BEGUN) events.answer(answer);
  });
  worker.on('error', (error) => (cause = error));
  worker.once('exit', () => events.ended(cause));
  return {
    pid: undefined,
    post: (call, transfer) => worker.postMessage(call, transfer),
    // A thread that is ended while it opens one of its modules leaves that file open for good.
    terminate: async () => {
      await within(LONGEST_BEGINNING_MS, begun);
      return worker.terminate();
    },
  };
}

/** Of what a process said before it ended. */
const LONGEST_LAST_WORDS = 4096;

function openProcess(
  { entry, memoryMb, env, niceness = 0, isQuiet = false }: ChannelOptions,
  events: ChannelEvents,
): Channel {
  const { preload } = threadSettings();
  const child = fork(fileURLToPath(entry), [threadSettingsArgument()], {
    serialization: 'advanced',
    execArgv: [
      ...(preload === undefined ? [] : ['--import', preload]),
      ...(memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`]),
    ],
    env: { ...passedEnvironment(), ...env },
    // Standard output belongs to what the command prints.
    stdio: ['ignore', isQuiet ? 'ignore' : 2, isQuiet ? 'pipe' : 2, 'ipc'],
  });
  if (child.pid !== undefined && niceness > 0) stepBackChild(child.pid, niceness);
  let cause: unknown;
  let said = '';
  child.stderr?.on(
    'data',
    (bytes: Buffer) => (said = (said + bytes.toString()).slice(0, LONGEST_LAST_WORDS)),
  );
  child.on('message', (message: unknown) => {
    if (isAnswer(message)) return events.answer(message);
    cause = 'its process sent what is no answer';
    endProcess(child);
  });
  child.on('error', (error) => (cause = error));
  const exited = new Promise<void>((resolve) => {
    child.once('close', (code: number | null, signal: string | null) => {
      resolve();
      events.ended(cause ?? `its process ended with ${signal ?? `code ${code}`}${lastWords(said)}`);
    });
  });
  return {
    pid: child.pid,
    // Where the process has just ended, `close` tells.
    post: (call) => void child.send(call, () => undefined),
    terminate: () => {
      endProcess(child);
      return exited;
    },
  };
}

/** Node's own reason, without its dump of the heap and the stack; else the first line. */
function lastWords(said: string): string {
  const found = /^FATAL ERROR: .*/m.exec(said) ?? /^.*\S.*$/m.exec(said);
  return found ? `: ${found[0].trim()}` : '';
}

function endProcess(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}
