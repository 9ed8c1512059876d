import {
  type Metadata,
  ResponderBuilder,
  type ServerInterceptor,
  ServerInterceptingCall,
  ServerListenerBuilder,
} from '@grpc/grpc-js';
import { type CallObservers, observeCall } from './observe-call.js';

/** What is known of a call before a message of it is read. */
export interface CallStart {
  /** `/SERVICE/METHOD` */
  readonly path: string;
  readonly metadata: Metadata;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
}

/** Refuses the calls that `check` throws at, with a status, before a message of theirs is read. */
export function refuse(check: (call: CallStart) => void, observers: CallObservers): ServerInterceptor {
  return ({ path }, call) => {
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        try {
          check({ path, metadata, deadline: Number(call.getDeadline()) });
        } catch (thrown) {
          const observed = observeCall(observers, { path, metadata, peer: call.getPeer() });
          call.sendStatus(observed.failed(thrown));
          return;
        }
        next(metadata);
      })
      .build();
    const responder = new ResponderBuilder().withStart((next) => next(listener)).build();
    return new ServerInterceptingCall(call, responder);
  };
}
