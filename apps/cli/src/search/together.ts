import { rankFusionRules } from '@triptych/clip-engine';
import { TriptychError } from '@triptych/core';
import type { Together } from './rank.js';

/** How this many queries ask together, as flags say. Throws CONFIG_INVALID. */
export function askedTogether(
  count: number,
  { weights, rule = rankFusionRules[0] }: { readonly weights?: string; readonly rule?: string },
): Together {
  const chosen = rankFusionRules.find((one) => one === rule);
  if (!chosen) throw invalid(`--rule is ${rule}; expected one of ${rankFusionRules.join(', ')}`);
  const numbers = weights?.split(',').map((weight) => (weight.trim() === '' ? NaN : Number(weight)));
  if (!numbers) return { weights: Array<number>(count).fill(1), rule: chosen };
  if (numbers.length !== count)
    throw invalid(`--weights has ${numbers.length} numbers; expected one for each query, ${count}`);
  if (!numbers.every((weight) => weight >= 0 && weight < Infinity) || numbers.every((weight) => weight === 0))
    throw invalid(`--weights is ${weights}; expected numbers of 0 or more, not all 0`);
  return { weights: numbers, rule: chosen };
}

function invalid(message: string): TriptychError {
  return new TriptychError('CONFIG_INVALID', message);
}
