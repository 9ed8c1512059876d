/**
 * WebAssembly that traps in a task of its own, as parquet-wasm does at some damaged pages, leaves the promise that it had given unsettled:
 * the error reaches nobody but the thread, which ends of it. While something waits here, such an error rejects what waits: nothing of
 * that library can be used after it. Other errors take their usual way.
 */
const waiting = new Set<(trap: Error) => void>();

/** What WebAssembly's promise comes to. Rejects where WebAssembly traps before. */
export async function untilTrap<T>(work: Promise<T>): Promise<T> {
  let onTrap: ((trap: Error) => void) | undefined;
  const trapped = new Promise<never>((_, reject) => (onTrap = reject));
  enter(onTrap!);
  try {
    return await Promise.race([work, trapped]);
  } finally {
    leave(onTrap!);
  }
}

/** The same for each value of a stream. */
export async function* eachUntilTrap<T>(stream: AsyncIterable<T>): AsyncGenerator<T> {
  const values = stream[Symbol.asyncIterator]();
  let isOver = false;
  try {
    while (!isOver) {
      isOver = true;
      const next = await untilTrap(values.next());
      if (next.done) return;
      isOver = false;
      yield next.value;
    }
  } finally {
    if (!isOver) await values.return?.();
  }
}

/** What WebAssembly throws where it traps. */
export function isTrap(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'RuntimeError';
}

let isCapturing = false;

function enter(onTrap: (trap: Error) => void): void {
  waiting.add(onTrap);
  // Where a program has a callback of its own, that hears of traps, and what waits here stays so.
  if (isCapturing || process.hasUncaughtExceptionCaptureCallback()) return;
  isCapturing = true;
  process.setUncaughtExceptionCaptureCallback(captured);
}

function leave(onTrap: (trap: Error) => void): void {
  waiting.delete(onTrap);
  if (waiting.size === 0) release();
}

function captured(error: Error): void {
  if (isTrap(error)) {
    for (const onTrap of waiting) onTrap(error);
    return;
  }
  release();
  process.nextTick(() => {
    throw error;
  });
}

function release(): void {
  if (isCapturing) process.setUncaughtExceptionCaptureCallback(null);
  isCapturing = false;
}
