import { TriptychError } from '@triptych/core';
import { isProbe } from '../grpc/health/limit-probes.js';
import type { CallCheck } from '../grpc/refusal.js';
import type { GuessAnswer, GuessLimit } from './guess-limit.js';
import type { TokenFile } from './token-file.js';

/** How long the answer to a wrong token is held back, once there were too many. */
const SLOWED_MS = 1000;

/**
 * Refuses calls whose bearer token is missing, unknown or not for this method, later and later where an address brings many.
 * The token's name is who answers for the call from here on.
 */
export function authentication(
  tokens: TokenFile,
  guesses: GuessLimit,
  failed: (answer: GuessAnswer) => void,
): CallCheck {
  return (call) => {
    const { path, metadata } = call;
    // Probes have no tokens.
    if (isProbe(path)) return;
    try {
      const { name } = tokens.check(metadata.get('authorization')[0]?.toString(), path);
      call.principal = `token ${name}`;
    } catch (thrown) {
      const error = TriptychError.from(thrown);
      if (error.reason !== 'TOKEN_MISSING') throw error;
      const answer = guesses.failed(call.connection.address ?? 'here');
      failed(answer);
      if (answer === 'refused')
        throw new TriptychError(
          'TOKEN_GUESSED',
          'too many calls came without a token that this server knows',
        );
      if (answer === 'slowed') {
        call.slowedMs = SLOWED_MS;
        setTimeout(() => guesses.answered(), SLOWED_MS);
      }
      throw error;
    }
    // What handles the call has no use for it, and no way to let it out.
    metadata.remove('authorization');
  };
}
