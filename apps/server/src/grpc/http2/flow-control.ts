import type { Http2Server } from 'node:http2';

/**
 * Bytes that a client may send before the server has taken them, on one stream and on all of a connection. HTTP/2 begins with
 * 64 KiB for both, less than one clip of 3 s: each call would wait for a round trip, and calls of a connection for each other.
 */
export const STREAM_WINDOW = 256 * 1024;
export const CONNECTION_WINDOW = 4 * 1024 * 1024;

/** Widens the windows of every connection. */
export function widenWindows(http2: Http2Server): void {
  http2.updateSettings({ initialWindowSize: STREAM_WINDOW });
  http2.on('session', (session) => session.setLocalWindowSize(CONNECTION_WINDOW));
}
