import { type FairOrder, isErrorRecord, type Queueing, TriptychError } from '@triptych/core';
import {
  isTokenizedText,
  type TokenizedText,
  type TokenizeRequest,
  type TokenLimits,
} from './worker/protocol.js';

/** A text that waits for the worker. */
export interface Waiting extends Queueing {
  readonly request: TokenizeRequest;
  readonly signal: AbortSignal | undefined;
  /** Workers that ended while they were at it. */
  losses: number;
  readonly resolve: (tokens: TokenizedText) => void;
  /** Also where it is not wanted any more. */
  readonly reject: (error: unknown) => void;
}

/** Texts that the worker was handed in one message, which costs more than a short text does. */
export type Bundle = readonly Waiting[];

/**
 * Of short texts a second bundle is handed to the worker ahead of time, so that it does not wait for the event loop; never so many that
 * they delay the next caller's by more than some 10 ms.
 */
const MOST_BUNDLES = 2;
const MOST_OF_A_BUNDLE = 16;
const MOST_HELD_CHARACTERS = 2048;

/** Those whose turn it is, as far as the worker has room for them. */
export function takeBundle(
  waiting: FairOrder<Waiting>,
  held: readonly Bundle[],
  goAlone: boolean,
): Waiting[] {
  const { first } = waiting;
  if (!first || held.length === MOST_BUNDLES) return [];
  const characters = held.flat().reduce((sum, entry) => sum + charactersOf(entry), 0);
  if (characters > 0 && characters + charactersOf(first) > MOST_HELD_CHARACTERS) return [];
  let left = MOST_HELD_CHARACTERS / MOST_BUNDLES - charactersOf(first);
  const joins = (entry: Waiting) => {
    if (charactersOf(entry) > left) return false;
    left -= charactersOf(entry);
    return true;
  };
  return waiting.take(joins, () => (goAlone ? 1 : MOST_OF_A_BUNDLE));
}

/** What becomes of each text of a bundle. Throws WORKER_LOST where the tokenizer's answer is none: whoever took its process over may send anything. */
export function outcomesOf(
  answers: unknown,
  requests: readonly TokenizeRequest[],
  limits: TokenLimits,
): readonly ((entry: Waiting) => void)[] {
  if (!Array.isArray(answers) || answers.length !== requests.length) throw noTokens();
  return requests.map((request, i) => {
    const answer: unknown = answers[i];
    if (isTokenizedText(answer, request, limits)) return ({ resolve }) => resolve(answer);
    const error = (answer as { readonly error?: unknown } | null)?.error;
    if (!isErrorRecord(error)) throw noTokens();
    return ({ reject }) => reject(TriptychError.fromRecord(error));
  });
}

function noTokens(): TriptychError {
  return new TriptychError('WORKER_LOST', 'the tokenizer answered with what is no tokens');
}

function charactersOf({ request }: Waiting): number {
  return request.text.length;
}
