import {
  ResponderBuilder,
  type ServerInterceptor,
  ServerInterceptingCall,
  ServerListenerBuilder,
} from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { isProbe } from './health.js';
import { type CallObservers, observeCall } from './observe-call.js';

/**
 * Refuses calls beyond `most` that are open at a time, over all connections, before a message of theirs is read. Probes do
 * not count: a server that is full is no dead one.
 */
export function limitCalls(most: number, observers: CallObservers): ServerInterceptor {
  let open = 0;
  return ({ path }, call) => {
    if (isProbe(path)) return new ServerInterceptingCall(call);
    let isOpen = true;
    open++;
    const close = () => {
      if (isOpen) open--;
      isOpen = false;
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        if (open <= most) {
          next(metadata);
          return;
        }
        close();
        const observed = observeCall(observers, { path, metadata, peer: call.getPeer() });
        const message = `${most} calls are open, as many as this server allows; try again later`;
        call.sendStatus(observed.failed(new TriptychError('OVERLOADED', message)));
      })
      .withOnCancel(close)
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendStatus((status, next) => {
        close();
        next(status);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}
