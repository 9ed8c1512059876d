import type { Authentication } from '../security/authentication.js';
import { isProbe } from './health/limit-probes.js';
import type { CallCheck } from './refusal.js';

/** Refuses calls whose bearer token is missing, unknown or not for this method. The token's name is who answers for the call from here on. */
export function authenticateCalls(authentication: Authentication): CallCheck {
  return (call) => {
    const { path, metadata, connection } = call;
    // Probes have no tokens.
    if (isProbe(path)) return;
    const authorization = metadata.get('authorization')[0]?.toString();
    const found = authentication.check({ authorization, method: path, address: connection.address });
    if ('refusal' in found) {
      call.slowedMs = found.slowedMs;
      throw found.refusal;
    }
    call.principal = found.principal;
    // What handles the call has no use for it, and no way to let it out.
    metadata.remove('authorization');
  };
}
