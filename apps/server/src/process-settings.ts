import { setFlagsFromString } from 'node:v8';

/**
 * Tells glibc from which size on a block is a mapping of its own, given back when it is freed. Left alone glibc raises this bound
 * as it goes. Below it lie a model's matrices: making a session, which frees each as it packs it, takes half of the
 * page faults where the next one goes into its place. It is read when a process starts, and only then.
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
  // One heap of glibc's, not one a thread: what making one session leaves is room for the next.
  env: { [ALLOCATOR_VARIABLE]: '20000000', MALLOC_ARENA_MAX: '1' },
  execArgv: ['--initial-old-space-size=64', '--max-semi-space-size=2', '--wasm-tiering-budget=200000000'],
} as const;
