import { parentPort } from 'node:worker_threads';
import { TriptychError } from '../errors/triptych-error.js';
import { Transferred, type WorkerAnswer, type WorkerCall } from './messages.js';

export type WorkerMethods = Record<string, (argument: never) => unknown>;

/**
 * Answers a {@link WorkerHost}'s calls from inside a worker thread, in the order they came.
 * A method that throws a TriptychError answers with it; anything else becomes INTERNAL with its stack.
 */
export function serveWorker(methods: WorkerMethods): void {
  const port = parentPort;
  if (!port) throw new TriptychError('INTERNAL', 'serveWorker must run in a worker thread');
  let last: Promise<void> = Promise.resolve();
  port.on('message', (call: WorkerCall) => {
    last = last.then(() => answer(call));
  });

  async function answer({ id, method, argument }: WorkerCall): Promise<void> {
    try {
      const outcome = await methods[method]?.(argument as never);
      if (outcome instanceof Transferred) {
        post({ id, result: outcome.value }, outcome.transfer);
      } else {
        post({ id, result: outcome });
      }
    } catch (thrown) {
      const error = TriptychError.from(thrown);
      const stack = thrown instanceof TriptychError ? undefined : stackOf(thrown);
      post({ id, error: { ...error.toRecord(), stack } });
    }
  }

  function post(message: WorkerAnswer, transfer: Transferred<unknown>['transfer'] = []): void {
    port?.postMessage(message, transfer);
  }
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
