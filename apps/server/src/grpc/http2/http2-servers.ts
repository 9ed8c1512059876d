import type { Http2Server } from 'node:http2';
import type { Server, ServerCredentials } from '@grpc/grpc-js';

/** What grpc-js's Server does not publish (docs/decisions/http2.md). */
interface Internals {
  createHttp2Server(credentials: ServerCredentials): Http2Server;
}

/** Has each HTTP/2 server prepared that grpc-js makes, one for each address it listens on. */
export function onHttp2Server(server: Server, prepare: (http2: Http2Server) => void): void {
  const internals = server as unknown as Internals;
  const create = internals.createHttp2Server.bind(server);
  internals.createHttp2Server = (credentials) => {
    const http2 = create(credentials);
    prepare(http2);
    return http2;
  };
}
