import { Socket } from 'node:net';
import { deserialize } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { collectWhenIdle } from '../memory/collect-when-idle.js';
import { TriptychError } from '../errors/triptych-error.js';
import { writeAnswer } from './answer-bytes.js';
import { readFrames, sendFrame } from './frames.js';
import { BEGUN, Transferred, WORKER_PIPE, type WorkerAnswer, type WorkerCall } from './messages.js';
import { isWorkerProcess, threadSettings } from './thread-settings.js';

export type WorkerMethods = Record<string, (argument: never) => unknown>;

/** As long as a frame may be. */
const LONGEST_CALL_BYTES = 2 ** 32 - 1;

type Post = (message: WorkerAnswer, transfer: Transferred<unknown>['transfer']) => void;

/**
 * Answers a {@link WorkerHost}'s calls from inside a worker's thread or process, in the order they came.
 * A method that throws a TriptychError answers with it; anything else becomes INTERNAL with its stack.
 */
export function serveWorker(methods: WorkerMethods): void {
  if (threadSettings().collectIdle) collectWhenIdle();
  let last: Promise<void> = Promise.resolve();
  const post = listen((call) => {
    last = last.then(() => answer(call));
  });

  async function answer({ id, method, argument }: WorkerCall): Promise<void> {
    try {
      const outcome = await methods[method]?.(argument as never);
      if (outcome instanceof Transferred) {
        post({ id, result: outcome.value }, outcome.transfer);
      } else {
        post({ id, result: outcome }, []);
      }
    } catch (thrown) {
      post({ id, error: TriptychError.recordOf(thrown) }, []);
    }
  }
}

function listen(onCall: (call: WorkerCall) => void): Post {
  const port = parentPort;
  if (port) {
    port.on('message', onCall);
    port.postMessage(BEGUN);
    return (message, transfer) => port.postMessage(message, transfer);
  }
  // A terminal and a service manager signal every process of a group; when this one ends is the server's to say.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const pipe = openWorkerPipe();
  const hear = (frame: Buffer) => onCall(deserialize(frame) as WorkerCall);
  readFrames(pipe, LONGEST_CALL_BYTES, hear, (why) => {
    throw why;
  });
  // Who has gone hears no answer.
  pipe.on('error', () => undefined);
  pipe.once('close', () => process.exit());
  return (message) => sendFrame(pipe, writeAnswer(message));
}

/** The worker's end of the pipe that its host opened. */
function openWorkerPipe(): Socket {
  if (!isWorkerProcess()) throw new TriptychError('INTERNAL', 'serveWorker must run in a worker');
  return new Socket({ fd: WORKER_PIPE, readable: true, writable: true });
}
