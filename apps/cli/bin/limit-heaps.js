import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';

/** glibc's parameter of `mallopt`: how many heaps threads share. */
const M_ARENA_MAX = -8;

/**
 * Has this process's threads share as many of glibc's heaps as there are cores, where the environment's `MALLOC_ARENA_MAX` or
 * `GLIBC_TUNABLES` does not say how many. By itself glibc makes eight times as many, and each keeps what it once took
 * (docs/decisions/memory.md). Their number is settled once there are more than eight, as there are when a program has been loaded: this comes
 * first, and loads nothing but its library. Where there is no such setting, as with musl, nothing is done.
 */
export function limitHeaps() {
  const { MALLOC_ARENA_MAX: most, GLIBC_TUNABLES: tunables = '' } = process.env;
  if (process.platform !== 'linux' || most !== undefined || tunables.includes('arena_max')) return;
  try {
    const koffi = createRequire(import.meta.url)('koffi');
    const mallopt = koffi.load(null).func('int mallopt(int param, int value)');
    mallopt(M_ARENA_MAX, Math.max(2, availableParallelism()));
  } catch {
    // Without the library, or with another C library, memory is as it always was.
  }
}
