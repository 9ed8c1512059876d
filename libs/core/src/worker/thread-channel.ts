import { Worker } from 'node:worker_threads';
import { within } from '../scheduling/within.js';
import type { Channel, ChannelEvents, ChannelOptions } from './channel.js';
import { BEGUN, type WorkerAnswer } from './messages.js';

/** Longest that the end of a thread waits for its modules to be loaded. */
const LONGEST_BEGINNING_MS = 5000;

/** A worker in a thread of this process. */
export function openThread({ entry, name, memoryMb }: ChannelOptions, events: ChannelEvents): Channel {
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
