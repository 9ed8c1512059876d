import type { ServerInterceptor } from '@grpc/grpc-js';
import { isProbe } from '../grpc/health.js';
import { refuse } from '../grpc/refusal.js';
import type { CallObservers } from '../grpc/observe-call.js';
import type { TokenFile } from './token-file.js';

/** Refuses calls whose bearer token is missing, unknown or not for this method. */
export function authentication(tokens: TokenFile, observers: CallObservers): ServerInterceptor {
  return refuse(({ path, metadata }) => {
    // Probes have no tokens.
    if (isProbe(path)) return;
    tokens.check(metadata.get('authorization')[0]?.toString(), path);
    // What handles the call has no use for it, and no way to let it out.
    metadata.remove('authorization');
  }, observers);
}
