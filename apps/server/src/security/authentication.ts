import { TriptychError } from '@triptych/core';
import type { GuessAnswer, GuessLimit } from './guess-limit.js';
import type { TokenFile } from './token-file.js';

/** How long the answer to a wrong token is held back, once there were too many. */
const SLOWED_MS = 1000;

/** What a call shows of who it is. */
export interface Credentials {
  /** As in an `authorization` header: `Bearer TOKEN`. */
  readonly authorization: string | undefined;
  /** `/SERVICE/METHOD` */
  readonly method: string;
  /** Of the other end; undefined where that is on this machine. */
  readonly address: string | undefined;
}

/** Who answers for a call; or why it is refused, and how long that answer is held back. */
export type Authenticated =
  { readonly principal: string } | { readonly refusal: TriptychError; readonly slowedMs: number };

/** Tells calls by their bearer tokens. Wrong ones are answered later and later where an address brings many. */
export class Authentication {
  constructor(
    private readonly tokens: TokenFile,
    private readonly guesses: GuessLimit,
    private readonly failed: (answer: GuessAnswer) => void,
  ) {}

  check({ authorization, method, address }: Credentials): Authenticated {
    try {
      return { principal: `token ${this.tokens.check(authorization, method).name}` };
    } catch (thrown) {
      const refusal = TriptychError.from(thrown);
      return refusal.reason === 'TOKEN_MISSING' ? this.#wrong(refusal, address) : { refusal, slowedMs: 0 };
    }
  }

  #wrong(refusal: TriptychError, address = 'here'): Authenticated {
    const answer = this.guesses.failed(address);
    this.failed(answer);
    if (answer === 'refused') {
      const guessed = 'too many calls came without a token that this server knows';
      return { refusal: new TriptychError('TOKEN_GUESSED', guessed), slowedMs: 0 };
    }
    if (answer === 'answered') return { refusal, slowedMs: 0 };
    setTimeout(() => this.guesses.answered(), SLOWED_MS);
    return { refusal, slowedMs: SLOWED_MS };
  }
}
