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

/** Throws at calls that are to be refused. What it returns is called once, when a call that it let in ends. */
export type CallCheck = (call: CallStart) => (() => void) | void;

/**
 * Refuses the calls that a check throws at, with a status, before a message of theirs is read. The checks come in their
 * order, all in one interceptor: each of those is one more that every message passes.
 */
export function refuse(checks: readonly CallCheck[], observers: CallObservers): ServerInterceptor {
  return ({ path }, call) => {
    const endings: (() => void)[] = [];
    const end = () => {
      for (const ending of endings.splice(0)) ending();
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        try {
          for (const check of checks) {
            const ending = check({ path, metadata, deadline: Number(call.getDeadline()) });
            if (ending) endings.push(ending);
          }
        } catch (thrown) {
          end();
          const observed = observeCall(observers, { path, metadata, peer: call.getPeer() });
          call.sendStatus(observed.failed(thrown));
          return;
        }
        next(metadata);
      })
      .withOnCancel(end)
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendStatus((status, next) => {
        end();
        next(status);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}
