import type { InputRange } from '@triptych/core';
import { quantizationError, type Weights } from './weights.js';

/** What of a tower is in int8, while that is being decided. */
export interface Decided {
  /** Ranges of the inputs of products in int8, by their weights. */
  readonly ranges: Map<string, InputRange>;
  /** Tables that are stored as halves. */
  readonly inFloat: Set<string>;
}

/** A part of a tower that can be in int8 or in float: the products of a site, or a table. */
export interface Choice {
  readonly block: string;
  readonly name: string;
  /** Squared error of what it gives in int8 ÷ the squared values. */
  readonly error: number;
  readonly isInt8: boolean;
  toInt8(): void;
  toFloat(): void;
}

/** Choices for the large tables that no product of a block reads: embeddings, kernels of convolutions, projections. */
export function tableChoices(weights: Weights, inSites: ReadonlySet<string>, { inFloat }: Decided): Choice[] {
  const tables = weights.names.filter((name) => weights.isLarge(name) && !inSites.has(name));
  return tables.map((name) => ({
    block: 'table',
    name,
    error: quantizationError(name, weights.shape(name), weights.values(name)),
    get isInt8() {
      return !inFloat.has(name);
    },
    toInt8: () => inFloat.delete(name),
    toFloat: () => inFloat.add(name),
  }));
}
