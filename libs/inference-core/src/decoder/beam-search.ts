import { logSumExp } from './log-sum-exp.js';
import type { Generated, Generation } from './protocol.js';
import { applyRules } from './rules.js';
import type { NextTokens, Search } from './search.js';

/** What a beam that must not be chosen has instead of its score. */
const OUT = -1e9;

interface Beam {
  readonly tokens: readonly number[];
  /** Sum of the logarithms of probabilities; of finished ones, with the length penalty. */
  readonly score: number;
  /** Sum of the logarithms of probabilities after the rules, each step's adding up to one. */
  readonly logProbabilities: number;
  readonly isFinished: boolean;
}

interface Candidate extends Beam {
  readonly parent: number;
}

/**
 * Beam search as transformers' `generate` does it: twice as many candidates as beams, of which those that do not end go on and those
 * among the best that end are kept with their length's penalty, until no running beam can become better than all that have ended.
 */
export class BeamSearch implements Search {
  /** Until the end any beam may win. */
  readonly settled: readonly number[] = [];
  #running: Beam[];
  #finished: Beam[];
  #canImprove = true;

  constructor(
    private readonly generation: Generation,
    private readonly beams: number,
  ) {
    const empty = { tokens: [], logProbabilities: 0, isFinished: false };
    // Beams are alike at first: only one of them counts.
    this.#running = Array.from({ length: beams }, (_, i) => ({ ...empty, score: i === 0 ? 0 : OUT }));
    this.#finished = Array.from({ length: beams }, () => ({ ...empty, score: OUT }));
  }

  advance(logits: readonly Float32Array[]): NextTokens | undefined {
    const { end, maxTokens, prompt, search } = this.generation;
    const { lengthPenalty, earlyStopping } =
      search.kind === 'beam' ? search : { lengthPenalty: 1, earlyStopping: false };
    const candidates = this.#candidates(logits);
    const length = this.#running[0].tokens.length + 1;
    const isCut = prompt.length + length >= maxTokens;
    const ends = candidates.map(({ tokens }) => isCut || tokens[tokens.length - 1] === end);

    const running = best(
      candidates.map((beam, i) => (ends[i] ? { ...beam, score: beam.score + OUT } : beam)),
      this.beams,
    );
    const isFull = earlyStopping && this.#finished.every(({ isFinished }) => isFinished);
    const ended = candidates.map((beam, i) => {
      const isFinished = ends[i] && i < this.beams;
      const out = Number(isFull) + Number(!this.#canImprove) + Number(!isFinished);
      return { ...beam, isFinished, score: beam.score / length ** lengthPenalty + out * OUT };
    });
    this.#finished = best([...this.#finished, ...ended], this.beams);
    this.#running = running;

    const reachable = running[0].score / length ** lengthPenalty;
    const worst = Math.min(...this.#finished.map(({ score }) => score));
    this.#canImprove &&= this.#finished.some(({ isFinished }) => reachable > (isFinished ? worst : OUT));
    const hasOpen = !(earlyStopping && this.#finished.every(({ isFinished }) => isFinished));
    if (!this.#canImprove || !hasOpen || ends.every(Boolean)) return undefined;
    return {
      tokens: running.map(({ tokens }) => tokens[tokens.length - 1]),
      parents: running.map(({ parent }) => parent),
    };
  }

  result(): Omit<Generated, 'probes'> {
    const [{ tokens, logProbabilities }] = this.#finished;
    return {
      tokens,
      meanLogProbability: tokens.length === 0 ? 0 : logProbabilities / tokens.length,
      finish: tokens.at(-1) === this.generation.end ? 'end' : 'length',
    };
  }

  /** The best continuations of all beams, twice as many as there are beams, best first. */
  #candidates(logits: readonly Float32Array[]): Candidate[] {
    const { rules, end } = this.generation;
    const wanted = 2 * this.beams;
    const found: { parent: number; token: number; score: number }[] = [];
    const totals: number[] = [];
    this.#running.forEach((beam, parent) => {
      const scores = logits[parent];
      const total = logSumExp(scores);
      applyRules(scores, beam.tokens, rules, end);
      totals.push(logSumExp(scores));
      for (let token = 0; token < scores.length; token++) {
        const score = Math.fround(Math.fround(scores[token] - total) + beam.score);
        if (found.length === wanted && !(score > found[wanted - 1].score)) continue;
        let at = found.length;
        while (at > 0 && score > found[at - 1].score) at--;
        found.splice(at, 0, { parent, token, score });
        if (found.length > wanted) found.pop();
      }
    });
    return found.map(({ parent, token, score }) => {
      const { tokens, logProbabilities } = this.#running[parent];
      return {
        parent,
        tokens: [...tokens, token],
        score,
        logProbabilities: logProbabilities + logits[parent][token] - totals[parent],
        isFinished: false,
      };
    });
  }
}

/** The `count` of the highest scores, highest first; of equal ones, the first. */
function best<T extends Beam>(beams: readonly T[], count: number): T[] {
  return [...beams].sort((a, b) => b.score - a.score).slice(0, count);
}
