import { isProbe } from '../grpc/health/limit-probes.js';
import type { CallCheck } from '../grpc/refusal.js';
import type { TokenFile } from './token-file.js';

/** Refuses calls whose bearer token is missing, unknown or not for this method. */
export function authentication(tokens: TokenFile): CallCheck {
  return ({ path, metadata }) => {
    // Probes have no tokens.
    if (isProbe(path)) return;
    tokens.check(metadata.get('authorization')[0]?.toString(), path);
    // What handles the call has no use for it, and no way to let it out.
    metadata.remove('authorization');
  };
}
