import { InterceptingCall, type Interceptor, Metadata, status } from '@grpc/grpc-js';
import type { ClientOptions } from './client-options.js';

/** Longer metadata would end the connection, and with it other calls: no decoder of HTTP/2 takes it. */
const MAX_METADATA_BYTES = 60_000;

/** Sends a client's token and metadata with each call. Without TLS too, where call credentials would refuse: a mesh may encrypt what gRPC does not see. */
export function withMetadata({ token, metadata: own }: ClientOptions): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start: (metadata, listener, next) => {
        if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
        let bytes = 0;
        for (const [key, value] of Object.entries(own?.() ?? {})) {
          metadata.set(key, value);
          bytes += key.length + value.length;
        }
        if (bytes <= MAX_METADATA_BYTES) next(metadata, listener);
        else {
          const details = `the metadata is ${bytes} bytes long; at most ${MAX_METADATA_BYTES} can be sent`;
          const failure = { code: status.INVALID_ARGUMENT, details, metadata: new Metadata() };
          // As any other status: once the caller has the call, and listens.
          process.nextTick(() => listener.onReceiveStatus(failure));
        }
      },
    });
}
