import type { Value } from '../onnx/graph-builder.js';
import type { Rotation } from './rotary.js';

/** How an attention's tokens are cut into heads, and what they see. */
export interface AttentionShape {
  readonly width: number;
  readonly heads: number;
  /** Each token sees itself and those before it alone. */
  readonly causal?: boolean;
}

/** What is added to an attention's scores, or hides tokens from it. */
export interface AttentionTerms {
  /** Added before the softmax: [1 or batch, 1 or heads, tokens, source tokens]. */
  readonly bias?: Value | undefined;
  /** int32 [batch, source tokens]: 0 where a token is padding, which nothing attends to, else 1. */
  readonly mask?: Value | undefined;
  /** Turns queries and keys by where their tokens stand. */
  readonly rotation?: Rotation | undefined;
}
