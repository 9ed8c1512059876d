import type { Writable } from 'node:stream';

/** Resolves once a stream takes more, or has ended: nothing of a wait stays with it. */
export function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      stream.off('drain', wake).off('close', wake);
      resolve();
    };
    stream.on('drain', wake).on('close', wake);
  });
}
