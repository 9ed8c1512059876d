import { TriptychError } from '@triptych/core';
import { inField } from '../items/in-field.js';

interface WeightedItem {
  readonly weight?: number | undefined;
}

/** What each of these counts: 1 where it doesn't say. Throws WEIGHT_INVALID unless they are finite, 0 or more, and not all 0. */
export function checkWeights(items: readonly WeightedItem[], field: string): number[] {
  const weights = items.map(({ weight }, i) => inField(`${field}[${i}].weight`, () => checkWeight(weight)));
  if (weights.some((weight) => weight > 0)) return weights;
  throw new TriptychError('WEIGHT_INVALID', `all weights of ${field} are 0; expected one above 0`, { field });
}

function checkWeight(weight = 1): number {
  if (weight >= 0 && weight < Infinity) return weight;
  throw new TriptychError('WEIGHT_INVALID', `the weight is ${weight}; expected a number of 0 or more`);
}
