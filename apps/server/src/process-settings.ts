import { setFlagsFromString } from 'node:v8';

/**
 * Tells glibc to give memory back: left alone it raises this bound as large blocks are freed, and keeps what loading a
 * model has used. It is read when a process starts, and only then.
 */
export const ALLOCATOR_VARIABLE = 'MALLOC_MMAP_THRESHOLD_';

/**
 * Threads that are started from now on begin with a heap of this size. They make little garbage that grows old: with the room
 * that the event loop's heap is given they would let it lie for hours, 50 MB each.
 */
export function boundThreads(): void {
  setFlagsFromString('--initial-old-space-size=16');
}

/**
 * What the process of a server should be started with, and cannot set once it runs (docs/decisions/garbage.md): requests pass
 * through buffers outside of V8's heap, which V8 counts against the size of a heap that is small; and WebAssembly that only loads
 * a model should not be optimised while it does.
 */
export const serverProcess = {
  // As few heaps of glibc's as sharp advises: left alone it keeps one a thread.
  env: { [ALLOCATOR_VARIABLE]: '1000000', MALLOC_ARENA_MAX: '2' },
  execArgv: ['--initial-old-space-size=64', '--max-semi-space-size=2', '--wasm-tiering-budget=20000000'],
} as const;
