import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { cutSession } from './cut-session.js';

/**
 * nghttp2 ends a connection whose client resets 1000 streams, less 33 for each second that passes: a defence against rapid
 * resets (CVE-2023-44487). Node 20 then neither reads nor closes it, and keeps it until a ping goes unanswered. Both limits
 * below lie under that one.
 */
const NGHTTP2 = { burst: 1000, perSecond: 33 } as const;
/** From here on a client is asked to go on over another connection; calls that are open on this one do. */
const MOST = NGHTTP2.burst / 2;
/** From here on the connection is cut. */
const TOO_MANY = 0.9 * NGHTTP2.burst;
const FORGIVEN_PER_MS = NGHTTP2.perSecond / 2 / 1000;

/** Ends connections whose clients reset streams by the thousand: gently at first. */
export function limitResets(http2: Http2Server): void {
  http2.on('session', (session: ServerHttp2Session) => {
    let [resets, since] = [0, performance.now()];
    session.on('stream', (stream: ServerHttp2Stream) => {
      stream.once('close', () => {
        const isReset = stream.rstCode !== 0 || stream.aborted;
        if (!isReset || session.destroyed) return;
        const now = performance.now();
        resets = Math.max(0, resets - (now - since) * FORGIVEN_PER_MS) + 1;
        since = now;
        // Not at once: nghttp2 is reading the connection, and the process would not survive losing it under that.
        if (resets > TOO_MANY) setImmediate(cutSession, session);
        else if (resets > MOST && !session.closed) session.close();
      });
    });
  });
}
