import {
  ResponderBuilder,
  type ServerInterceptor,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  ServerListenerBuilder,
} from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { toStatus } from '../status.js';

/** Calls of health: answered whatever else is refused. */
export function isProbe(path: string): boolean {
  return path.startsWith('/grpc.health.v1.Health/');
}

/** Probes that may be open without having said all that they ask: gRPC answers none before. */
const MOST_SILENT = 1024;

/**
 * Ends the probes that have waited longest to say all that they ask, where there are too many of them: they need no token and count
 * against no limit. A probe in earnest asks at once, and is never among them. `ended` is told of each that it ends.
 */
export function limitProbes(ended: () => void): ServerInterceptor {
  const silent = new Set<ServerInterceptingCallInterface>();
  return ({ path }, call) => {
    if (!isProbe(path)) return call as ServerInterceptingCall;
    const heard = () => silent.delete(call);
    const listener = new ServerListenerBuilder()
      .withOnReceiveHalfClose((next) => {
        heard();
        next();
      })
      .withOnCancel(heard)
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => {
        silent.add(call);
        const [oldest] = silent;
        if (silent.size > MOST_SILENT) {
          silent.delete(oldest);
          oldest.sendStatus(toStatus(tooSilent()));
          ended();
        }
        next(listener);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}

function tooSilent(): TriptychError {
  return new TriptychError(
    'OVERLOADED',
    'the probe did not send its message and end, and others came; send both at once',
  );
}
