import { highest, logSumExp } from './log-sum-exp.js';

/** What may come next, whatever a model finds likely. */
export interface TokenRules {
  /** Never. */
  readonly suppressed: readonly number[];
  /** Not as the first token. */
  readonly suppressedFirst: readonly number[];
  /** These are the first tokens. */
  readonly forced?: readonly number[];
  /** No end before so many tokens were generated. */
  readonly minTokens?: number;
  readonly timestamps?: TimestampRule;
}

/**
 * Whisper's timestamps (Radford et al. 2022): they come in pairs, never go back, and one comes wherever all of them together are likelier
 * than any other token.
 */
export interface TimestampRule {
  /** The first of the timestamps, which are all the tokens from there on. */
  readonly begin: number;
  /** The token that asks for none: never generated. */
  readonly none: number;
  /** The largest that may come first, counted from `begin`. */
  readonly maxFirst?: number | undefined;
}

/**
 * Sets the scores of tokens that may not come to −Infinity. `scores`: one for each token of the vocabulary, up to a constant that all
 * share; `generated`: the tokens so far, without the prompt.
 */
export function applyRules(
  scores: Float32Array,
  generated: readonly number[],
  rules: TokenRules,
  end: number,
): void {
  const { suppressed, suppressedFirst, forced = [], minTokens = 0, timestamps } = rules;
  if (generated.length < forced.length) {
    const token = forced[generated.length];
    const score = scores[token];
    scores.fill(-Infinity);
    scores[token] = score;
    return;
  }
  if (generated.length < minTokens) scores[end] = -Infinity;
  if (generated.length === 0) for (const token of suppressedFirst) scores[token] = -Infinity;
  for (const token of suppressed) scores[token] = -Infinity;
  if (timestamps) applyTimestamps(scores, generated, timestamps, end);
}

function applyTimestamps(
  scores: Float32Array,
  generated: readonly number[],
  { begin, none, maxFirst }: TimestampRule,
  end: number,
): void {
  scores[none] = -Infinity;
  const count = generated.length;
  const lastIs = count >= 1 && generated[count - 1] >= begin;
  const lastButOneIs = count < 2 || generated[count - 2] >= begin;
  if (lastIs && lastButOneIs) scores.fill(-Infinity, begin);
  else if (lastIs) scores.fill(-Infinity, 0, end);
  const latest = generated.findLast((token) => token >= begin);
  if (latest !== undefined) {
    const from = lastIs && !lastButOneIs ? latest : latest + 1;
    scores.fill(-Infinity, begin, Math.max(begin, from));
  }
  if (count === 0) {
    scores.fill(-Infinity, 0, begin);
    if (maxFirst !== undefined) scores.fill(-Infinity, begin + maxFirst + 1);
  }
  const likeliestOther = highest(scores, 0, begin);
  if (logSumExp(scores, begin) > likeliestOther) scores.fill(-Infinity, 0, begin);
}
