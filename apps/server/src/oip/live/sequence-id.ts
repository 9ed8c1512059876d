import { TriptychError } from '@triptych/core';
import type { InferRequest } from '../infer/infer.js';
import { readFlag } from '../infer/parameters.js';

/** Where a request stands in its sequence. */
export interface SequencePlace {
  /** Of the sequence, among those of its call: a number and its digits are two. */
  readonly key: string;
  readonly isStart: boolean;
  readonly isEnd: boolean;
}

/** Undefined where a request is none of a sequence. Throws PARAMETER_INVALID. */
export function sequencePlace({ model, parameters }: InferRequest): SequencePlace | undefined {
  const id = parameters.get('sequence_id') ?? 0;
  if (id === 0 || id === '') return undefined;
  if (typeof id === 'boolean')
    throw new TriptychError('PARAMETER_INVALID', `sequence_id is ${id}; expected a number or a string`, {
      field: 'parameters.sequence_id',
    });
  return {
    key: `${typeof id} ${id} ${model}`,
    isStart: readFlag(parameters, 'sequence_start'),
    isEnd: readFlag(parameters, 'sequence_end'),
  };
}
