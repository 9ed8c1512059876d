import { logSumExp } from './log-sum-exp.js';
import type { Generated, Generation } from './protocol.js';
import { applyRules } from './rules.js';
import type { NextTokens, Search } from './search.js';

/** One sequence: the likeliest token each time, or one by chance. */
export class SingleSearch implements Search {
  readonly settled: number[] = [];
  readonly #random: () => number;
  #logProbabilities = 0;

  constructor(private readonly generation: Generation) {
    const { search } = generation;
    this.#random = randomNumbers(search.kind === 'sample' ? search.seed : 0);
  }

  advance([scores]: readonly Float32Array[]): NextTokens | undefined {
    const { rules, end, prompt, maxTokens, search } = this.generation;
    applyRules(scores, this.settled, rules, end);
    if (search.kind === 'sample' && search.topK > 0) keepLargest(scores, search.topK);
    const best = largest(scores);
    const total = logSumExp(scores, 0, scores[best]);
    const token =
      search.kind === 'sample' ? drawn(scores, scores[best], search.temperature, this.#random()) : best;
    this.settled.push(token);
    this.#logProbabilities += scores[token] - total;
    const isOver = token === end || prompt.length + this.settled.length >= maxTokens;
    return isOver ? undefined : { tokens: [token], parents: [0] };
  }

  result(): Omit<Generated, 'probes'> {
    const { settled: tokens } = this;
    return {
      tokens,
      meanLogProbability: tokens.length === 0 ? 0 : this.#logProbabilities / tokens.length,
      finish: tokens.at(-1) === this.generation.end ? 'end' : 'length',
    };
  }
}

function largest(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  return best;
}

/** All but the `count` largest become −Infinity; those that equal the smallest of them stay. */
function keepLargest(scores: Float32Array, count: number): void {
  if (count >= scores.length) return;
  // In their order, the smallest first.
  const kept = new Float32Array(count).fill(-Infinity);
  for (const score of scores) {
    if (!(score > kept[0])) continue;
    let at = 0;
    for (; at < count - 1 && kept[at + 1] < score; at++) kept[at] = kept[at + 1];
    kept[at] = score;
  }
  const [least] = kept;
  for (let i = 0; i < scores.length; i++) if (scores[i] < least) scores[i] = -Infinity;
}

/** The token at which the running sum of softmax(scores ÷ temperature) passes `at`, from 0 to 1. `most`: the largest score. */
function drawn(scores: Float32Array, most: number, temperature: number, at: number): number {
  const weight = (i: number) => Math.exp((scores[i] - most) / temperature);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += weight(i);
  let left = at * sum;
  let last = 0;
  for (let i = 0; i < scores.length; i++) {
    const w = weight(i);
    if (w === 0) continue;
    last = i;
    left -= w;
    if (left < 0) return i;
  }
  return last;
}

/** Numbers from 0 to 1, the same for the same seed: a counter through lowbias32 (Wellons). */
function randomNumbers(seed: number): () => number {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let x = counter;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  };
}
