import type { Http2Server, Http2Session, Http2Stream } from 'node:http2';
import { CrowdedWindows } from './crowded-windows.js';

/**
 * Bytes that a client may send before the server has taken them, on one stream and on all of a connection. HTTP/2 begins with
 * 64 KiB for both, less than one clip of 3 s: each call would wait for a round trip, and calls of a connection for each other.
 */
export const STREAM_WINDOW = 256 * 1024;
export const CONNECTION_WINDOW = 4 * 1024 * 1024;

/**
 * The same of one stream where its connection has more than {@link MANY_STREAMS}. Node takes bytes off the connection's window as they
 * come: without this a thousand streams would bring 256 MB, and all of it at once.
 */
export const CROWDED_STREAM_WINDOW = 16 * 1024;
/** Streams of a connection that have the whole window: 16 MB together. */
export const MANY_STREAMS = 64;

/** Widens the windows of every connection, and narrows those of its streams again while it has many. */
export function widenWindows(http2: Http2Server): void {
  http2.updateSettings({ initialWindowSize: STREAM_WINDOW });
  const crowded = new CrowdedWindows(CONNECTION_WINDOW);
  http2.on('session', (session) => {
    session.setLocalWindowSize(CONNECTION_WINDOW);
    narrowWhereCrowded(session, crowded);
  });
}

function narrowWhereCrowded(session: Http2Session, crowded: CrowdedWindows): void {
  let open = 0;
  let isCrowded = false;
  const look = () => {
    // Around the bound it stays as it is; and a client that has not heard of the last change is not told of the next.
    const is = open > (isCrowded ? MANY_STREAMS / 2 : MANY_STREAMS);
    if (is === isCrowded || session.destroyed || session.pendingSettingsAck) return;
    isCrowded = is;
    session.settings({ initialWindowSize: is ? CROWDED_STREAM_WINDOW : STREAM_WINDOW });
    if (is) crowded.add(session);
    else crowded.delete(session);
  };
  session.on('stream', (stream: Http2Stream) => {
    open++;
    look();
    stream.once('close', () => {
      open--;
      look();
    });
  });
  session.on('localSettings', look);
  session.once('close', () => crowded.delete(session));
}
