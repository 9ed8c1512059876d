import type { Writable } from 'node:stream';

/** Resolves once a stream takes more, or has ended: nothing of a wait stays with it. */
export async function drained(stream: Writable): Promise<void> {
  if (stream.closed) return;
  await new Promise<void>((resolve) => {
    const wake = () => {
      stream.off('drain', wake).off('close', wake);
      resolve();
    };
    stream.on('drain', wake).on('close', wake);
  });
}
