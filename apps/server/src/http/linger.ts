import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is read on of a body whose request has been refused, so that its sender gets to read why. */
const MOST_BYTES = 4 * 1024 * 1024;
const LONGEST_MS = 2000;

/**
 * Ends a connection whose request was answered before its body had come: a close at once resets the connection under the answer, and
 * reading all of it would let senders go on for ever.
 */
export function linger(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  const { socket } = request;
  response.once('finish', () => {
    if (request.complete) return;
    let bytes = 0;
    const timer = setTimeout(() => socket.destroy(), LONGEST_MS);
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > MOST_BYTES) socket.destroy();
    });
    request.once('close', () => clearTimeout(timer));
    request.once('end', () => clearTimeout(timer));
    request.resume();
  });
}
