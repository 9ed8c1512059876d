import {
  type Metadata,
  ResponderBuilder,
  type ServerInterceptor,
  ServerInterceptingCall,
  ServerListenerBuilder,
  status as grpcStatus,
} from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import type { Observers } from '../models/load-model.js';
import { toStatus } from './status.js';

/** What is known of a call before a message of it is read. */
export interface CallStart {
  /** `/SERVICE/METHOD` */
  readonly path: string;
  readonly metadata: Metadata;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
}

/** Refuses the calls that `check` throws at, with a status, before a message of theirs is read. */
export function refuse(check: (call: CallStart) => void, { logger, metrics }: Observers): ServerInterceptor {
  return ({ path }, call) => {
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        try {
          check({ path, metadata, deadline: Number(call.getDeadline()) });
        } catch (thrown) {
          const error = TriptychError.from(thrown);
          const status = toStatus(error);
          metrics.call(path)(grpcStatus[status.code]);
          logger.info({ method: path, reason: error.reason, peer: call.getPeer() }, 'call refused');
          call.sendStatus(status);
          return;
        }
        next(metadata);
      })
      .build();
    const responder = new ResponderBuilder().withStart((next) => next(listener)).build();
    return new ServerInterceptingCall(call, responder);
  };
}
