import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { messageOf } from '../errors/triptych-error.js';
import { type AnswerLimits, mostBytes, readAnswer } from './answer-bytes.js';
import type { Channel, ChannelEvents, ChannelOptions } from './channel.js';
import { readFrames, sendFrame } from './frames.js';
import { isAnswer, WORKER_PIPE } from './messages.js';
import { passedEnvironment } from './passed-environment.js';
import { stepBackChild } from './step-back.js';
import { threadSettings, threadSettingsArgument } from './thread-settings.js';

/** Of what a process said before it ended. */
const LONGEST_LAST_WORDS = 4096;

/** How long what a process that has ended has said may be on its way. Whoever else holds its pipe keeps nobody waiting. */
const LAST_WORDS_MS = 100;

/** Of a worker that reads nothing of strangers: nearly all that a frame can be. */
const DEFAULT_LIMITS: AnswerLimits = { headBytes: 2 ** 22, arrayBytes: 2 ** 32 - 2 ** 23 };

/**
 * A worker in a process of its own. Node's own channel between processes has no limit to a message, and what it cannot read ends the process
 * that reads; here whoever took the worker over ends the worker alone.
 */
export function openProcess(
  { entry, memoryMb, env, niceness = 0, isQuiet = false, answerLimits = DEFAULT_LIMITS }: ChannelOptions,
  events: ChannelEvents,
): Channel {
  const { preload } = threadSettings();
  const flags = [
    ...(preload === undefined ? [] : ['--import', preload]),
    ...(memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`]),
  ];
  const child = spawn(process.execPath, [...flags, fileURLToPath(entry), threadSettingsArgument()], {
    env: { ...passedEnvironment(), ...env },
    // Standard output belongs to what the command prints.
    stdio: ['ignore', isQuiet ? 'ignore' : 2, isQuiet ? 'pipe' : 2, 'overlapped'],
  });
  if (child.pid === undefined) return unstarted(child, events);
  if (niceness > 0) stepBackChild(child.pid, niceness);
  let cause: unknown;
  let said = '';
  child.stderr?.on(
    'data',
    (bytes: Buffer) => (said = (said + bytes.toString()).slice(0, LONGEST_LAST_WORDS)),
  );
  child.on('error', (error) => (cause = error));
  const pipe = child.stdio[WORKER_PIPE] as Duplex;
  let isEnding = false;
  const hear = (frame: Buffer<ArrayBuffer>) => {
    // Nobody waits any more for what it was late with.
    if (isEnding) return;
    const message = readAnswer(frame, answerLimits);
    if (!isAnswer(message)) throw new TypeError('it has no id, or an error that is none');
    if (!events.answer(message)) throw new TypeError('nobody had asked');
  };
  readFrames(pipe, mostBytes(answerLimits), hear, (why) => {
    cause = `its process sent what is no answer: ${messageOf(why)}`;
    pipe.destroy();
  });
  // Where the process has just ended, 'close' tells.
  pipe.on('error', () => undefined);
  // One that hears no calls is of no use.
  pipe.on('close', () => endProcess(child));
  child.once('exit', () => {
    const letGo = () => [pipe, child.stderr].forEach((one) => one?.destroy());
    // What has come while the event loop was busy is read before.
    setTimeout(() => setImmediate(letGo), LAST_WORDS_MS).unref();
  });
  const exited = new Promise<void>((resolve) => {
    child.once('close', (code: number | null, signal: string | null) => {
      resolve();
      events.ended(cause ?? `its process ended with ${signal ?? `code ${code}`}${lastWords(said)}`);
    });
  });
  return {
    pid: child.pid,
    post: (call) => sendFrame(pipe, serialize(call)),
    terminate: () => {
      isEnding = true;
      endProcess(child);
      return exited;
    },
  };
}

/** The system has no process, or no descriptors, for another: why, it says next. */
function unstarted(child: ChildProcess, events: ChannelEvents): Channel {
  const told = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      events.ended(error);
      resolve();
    });
  });
  return { pid: undefined, post: () => undefined, terminate: () => told };
}

/** Node's own reason, without its dump of the heap and the stack; else the first line. */
function lastWords(said: string): string {
  const found = /^FATAL ERROR: .*/m.exec(said) ?? /^.*\S.*$/m.exec(said);
  return found ? `: ${found[0].trim()}` : '';
}

function endProcess(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}
