import { setFlagsFromString } from 'node:v8';

/**
 * Threads that are started from now on begin with a heap of so many MB; 0: with one of V8's own size. They make little garbage that grows old, and in the room that
 * V8 gives a heap by itself they would let it lie for hours.
 */
export function boundThreads(heapMb: number): void {
  if (heapMb > 0) setFlagsFromString(`--initial-old-space-size=${heapMb}`);
}
