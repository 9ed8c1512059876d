import {
  type ServerInterceptor,
  type ServerMethodDefinition,
  ServerInterceptingCall,
  ServerListenerBuilder,
  ResponderBuilder,
  status as grpcStatus,
} from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { toStatus } from '../grpc/status.js';
import type { Observers } from '../models/load-model.js';
import type { TokenFile } from './token-file.js';

/** Probes have no tokens. */
const PUBLIC = /^\/grpc\.health\.v1\.Health\//;

/** Refuses calls whose bearer token is missing, unknown or not for this method, before a message of theirs is read. */
export function authentication(tokens: TokenFile, { logger, metrics }: Observers): ServerInterceptor {
  return ({ path }: ServerMethodDefinition<unknown, unknown>, call) => {
    if (PUBLIC.test(path)) return new ServerInterceptingCall(call);
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        try {
          tokens.check(metadata.get('authorization')[0]?.toString(), path);
          // What handles the call has no use for it, and no way to let it out.
          metadata.remove('authorization');
          next(metadata);
        } catch (thrown) {
          const error = TriptychError.from(thrown);
          const status = toStatus(error);
          metrics.call(path)(grpcStatus[status.code]);
          logger.info({ method: path, reason: error.reason, peer: call.getPeer() }, 'call refused');
          call.sendStatus(status);
        }
      })
      .build();
    return new ServerInterceptingCall(
      call,
      new ResponderBuilder().withStart((next) => next(listener)).build(),
    );
  };
}
