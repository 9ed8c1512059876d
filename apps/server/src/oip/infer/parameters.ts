import { TriptychError } from '@triptych/core';
import type { Modality } from '@triptych/model-families';

/** What a request's parameter may hold. */
export type ParameterValue = boolean | number | string;

export type Parameters = ReadonlyMap<string, ParameterValue>;

type Kind = 'boolean' | 'number' | 'string';

/** What a request may say of how its items are encoded. */
const known = {
  pooling: 'string',
  normalize: 'boolean',
  dimensions: 'number',
  context: 'string',
  encoding: 'string',
  sample_rate: 'number',
  reject_too_long: 'boolean',
  prompt: 'string',
  window_ms: 'number',
  hop_ms: 'number',
  tail: 'string',
  max_lag_ms: 'number',
  flush: 'boolean',
} as const satisfies Record<string, Kind>;

type Known = keyof typeof known;

const ofAll: readonly Known[] = ['pooling', 'normalize', 'dimensions'];
/** Which of them are for which modality. */
const byModality: Readonly<Record<Modality, readonly Known[]>> = {
  audio: [
    ...ofAll,
    'context',
    'encoding',
    'sample_rate',
    'window_ms',
    'hop_ms',
    'tail',
    'max_lag_ms',
    'flush',
  ],
  image: ofAll,
  text: [...ofAll, 'reject_too_long', 'prompt'],
};

/** What the protocol and its clients put among the parameters for themselves. */
const ofProtocol: ReadonlySet<string> = new Set([
  'sequence_id',
  'sequence_start',
  'sequence_end',
  'priority',
  'timeout',
  'headers',
  'content_type',
  'binary_data_output',
]);

/** Parameters of a request, checked. */
export type Options = {
  readonly [Name in Known]?: (typeof known)[Name] extends 'string'
    ? string
    : (typeof known)[Name] extends 'number'
      ? number
      : boolean;
};

/** Throws PARAMETER_INVALID where a parameter is unknown to models of this modality, or holds a value of another kind. */
export function readOptions(parameters: Parameters, modality: Modality): Options {
  const options: Record<string, ParameterValue> = {};
  for (const [name, value] of parameters) {
    if (ofProtocol.has(name) || name.startsWith('triton_')) continue;
    const expected = byModality[modality].find((one) => one === name);
    if (!expected) {
      const message = `parameter ${name} is unknown for ${modality}; expected one of ${byModality[modality].join(', ')}`;
      throw invalid(name, message);
    }
    const kind = known[expected];
    if (typeof value !== kind) throw invalid(name, `parameter ${name} is ${show(value)}; expected a ${kind}`);
    options[name] = value;
  }
  return options;
}

/** A parameter of the protocol's own. Throws PARAMETER_INVALID where it is of another kind. */
export function readFlag(parameters: Parameters, name: string): boolean {
  const value = parameters.get(name) ?? false;
  if (typeof value !== 'boolean')
    throw invalid(name, `parameter ${name} is ${show(value)}; expected a boolean`);
  return value;
}

/** When nobody waits for the answer any more, of `timeout`, in microseconds. Throws PARAMETER_INVALID. */
export function readDeadline(parameters: Parameters): number {
  const value = parameters.get('timeout') ?? 0;
  if (typeof value !== 'number' || !(value >= 0))
    throw invalid('timeout', `parameter timeout is ${show(value)}; expected microseconds, from 0`);
  return value === 0 ? Infinity : Date.now() + value / 1000;
}

function show(value: ParameterValue): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function invalid(name: string, message: string): TriptychError {
  return new TriptychError('PARAMETER_INVALID', message, { field: `parameters.${name}` });
}
