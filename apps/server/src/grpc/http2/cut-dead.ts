import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { cutSession, socketOf } from './cut-session.js';

const LOOK_EVERY_MS = 5000;
/** A client that leaves a ping unanswered for so long, once its connection looks dead, is cut. */
const ANSWER_WITHIN_MS = 5000;

/**
 * Cuts connections that nghttp2 has given up. A header that it cannot decode has it say GOAWAY and read no more; Node 20 is not
 * told, and would keep the connection until a keepalive ping goes unanswered. What shows is a stream that nghttp2 has begun and
 * that never arrived; a connection that goes on after such a one answers a ping. Cuts as well those that were ended after a GOAWAY and whose
 * clients do not close them.
 */
export function cutDead(http2: Http2Server): void {
  http2.on('session', (session: ServerHttp2Session) => {
    let arrived = 0;
    let late: NodeJS.Timeout | undefined;
    const socket = socketOf(session);
    let isLeft = false;
    /** Node has ended it, and waits for the client to close it. */
    const cutLeft = () => {
      if (isLeft) socket.destroy();
      isLeft = true;
    };
    session.on('stream', ({ id }: ServerHttp2Stream) => (arrived = Math.max(arrived, id ?? 0)));
    const look = () => {
      if (session.destroyed) return cutLeft();
      // One that is closing takes no streams, and answers no ping.
      const begun = session.closed ? 0 : (session.state.lastProcStreamID ?? 0);
      if (late || begun <= arrived) return;
      late = setTimeout(cutSession, ANSWER_WITHIN_MS, session).unref();
      session.ping(() => {
        clearTimeout(late);
        late = undefined;
        arrived = Math.max(arrived, begun);
      });
    };
    const looking = setInterval(look, LOOK_EVERY_MS).unref();
    session.once('close', () => {
      clearInterval(looking);
      clearTimeout(late);
    });
  });
}
