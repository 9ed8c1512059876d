import type { Http2Server, ServerHttp2Session } from 'node:http2';

/**
 * Lets calls go on over connections that have said GOAWAY. Node sends no ping over one, which grpc-js takes for a dead peer: its keepalive
 * would end all calls of the connection. They are bounded by the grace of a connection's age, and by what ends idle calls.
 */
export function keepClosing(http2: Http2Server): void {
  http2.on('session', (session: ServerHttp2Session) => {
    const ping = session.ping.bind(session) as (...args: unknown[]) => boolean;
    const pingUnlessClosing = (...args: unknown[]): boolean => {
      if (session.destroyed || !session.closed) return ping(...args);
      const callback = args.at(-1) as (error: null, durationMs: number, payload: Buffer) => void;
      setImmediate(callback, null, 0, Buffer.alloc(8));
      return true;
    };
    session.ping = pingUnlessClosing;
  });
}
