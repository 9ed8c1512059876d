import type { WeightPart } from '@triptych/core';
import type { BoundWeights } from '../session/bind-weights.js';
import type { SessionSettings } from '../session/protocol.js';
import type { Alignment } from './config.js';
import type { TokenRules } from './rules.js';

/** How the next token is chosen. */
export type SearchOptions =
  | { readonly kind: 'greedy' }
  /** Beam search. Longer sequences gain by a `lengthPenalty` above 0; `earlyStopping` ends it once as many have ended as there are beams. */
  | { readonly kind: 'beam'; readonly lengthPenalty: number; readonly earlyStopping: boolean }
  /** Drawn by chance from softmax(logits ÷ temperature), of the `topK` likeliest where that is above 0. */
  | { readonly kind: 'sample'; readonly temperature: number; readonly topK: number; readonly seed: number };

/** Probabilities that are asked for of tokens at one place of the prompt: what could follow it there. */
export interface Probe {
  /** Index of the prompt's token. */
  readonly at: number;
  readonly tokens: readonly number[];
  /** Whether they are probabilities among all tokens, or among these alone. */
  readonly among: 'all' | 'these';
}

/** One sequence to be generated. */
export interface Generation {
  readonly prompt: readonly number[];
  readonly rules: TokenRules;
  /** The token that ends a sequence. */
  readonly end: number;
  /** The most tokens, the prompt among them. As many as the prompt has: nothing is generated. */
  readonly maxTokens: number;
  readonly search: SearchOptions;
  readonly probes: readonly Probe[];
  /** Where tokens of the prompt begin in what is decoded. Of networks that know heads which align. */
  readonly align?: AlignTokens | undefined;
}

export interface AlignTokens {
  /** Index of the first of these tokens; the prompt's others follow. */
  readonly from: number;
  /** They are looked for in so many of the first vectors of what is decoded: at least one. */
  readonly reach: number;
}

/** A generated sequence. */
export interface Generated {
  /** Without the prompt; the end token is the last one where it was reached. */
  readonly tokens: readonly number[];
  /** Mean natural logarithm of the tokens' probabilities, after the rules. 0 where nothing was generated. */
  readonly meanLogProbability: number;
  /** `end`: by the end token. `length`: cut at `maxTokens`. */
  readonly finish: 'end' | 'length';
  /** One array for each probe. */
  readonly probes: readonly (readonly number[])[];
  /** For each token that was to be aligned, the vector of what is decoded at which it begins. */
  readonly alignment?: readonly number[] | undefined;
}

export interface OpenSource {
  readonly source: number;
  readonly beams: number;
  /** Vectors [tokens, source width]. Its buffer changes threads. */
  readonly states: Float32Array<ArrayBuffer>;
  readonly tokens: number;
  /** For tokens of each of its sequences, at most. */
  readonly room: number;
}

export interface StartGeneration {
  readonly source: number;
  readonly id: number;
  readonly generation: Generation;
  /** Whether tokens are told as they come; of beams, none are. */
  readonly progress: boolean;
}

/** What a turn begins with; then steps follow until something has ended, or the turn has taken its time. */
export interface TurnRequest {
  readonly open: readonly OpenSource[];
  readonly start: readonly StartGeneration[];
  /** Generations that nobody waits for any more. */
  readonly stop: readonly number[];
  readonly close: readonly number[];
}

export interface TurnReply {
  readonly ended: readonly { readonly id: number; readonly generated: Generated }[];
  /** Generations of sources that an earlier worker held. */
  readonly lost: readonly number[];
  readonly progress: readonly { readonly id: number; readonly tokens: readonly number[] }[];
  /** Steps that were computed, and the rows of all of them. */
  readonly steps: number;
  readonly rows: number;
  /** Sources whose keys and values are held. */
  readonly sources: number;
}

export interface CreateDecoder extends SessionSettings {
  readonly step: Omit<BoundWeights, 'parts'>;
  readonly source: Omit<BoundWeights, 'parts'>;
  /** undefined where a buffer went ahead in slices. */
  readonly parts: readonly (WeightPart | undefined)[];
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly sourceWidth: number;
  readonly vocabulary: number;
  readonly alignment: Alignment | undefined;
}
