import type { WeightSet } from '@triptych/core';
import { syntheticTensor, syntheticWeights } from './synthetic-weights.js';

/** Of the decoder's table of positions, and of what its cross-attention gives. */
const POSITIONS = 20;
const CROSS = 4;
const TIMESTAMPS = 0.625;
const LARGEST_GAIN = 3;

/**
 * Synthetic weights of a Whisper whose decoder writes different words at different places, and for different recordings, where plain ones
 * write one over and over. `make_speech_golden.py` computes the same.
 */
export function variedWeights(
  required: ReadonlyMap<string, readonly number[]>,
  firstTimestamp: number,
): WeightSet<ArrayBuffer> {
  const given: Record<string, Float32Array<ArrayBuffer>> = {};
  for (const [name, shape] of required) {
    const change = changeOf(name, firstTimestamp * shape[shape.length - 1]);
    if (change) given[name] = syntheticTensor(name, shape).map(change);
  }
  return syntheticWeights(required, given);
}

function changeOf(name: string, firstTimestamp: number): ((value: number, i: number) => number) | undefined {
  if (name === 'decoder.embed_positions.weight') return (value) => value * POSITIONS;
  if (name === 'decoder.embed_tokens.weight')
    return (value, i) => (i < firstTimestamp ? value : value * TIMESTAMPS);
  if (name === 'decoder.layer_norm.weight') return (value) => Math.min(value, LARGEST_GAIN);
  return /^decoder.*encoder_attn\.out_proj\.weight$/.test(name) ? (value) => value * CROSS : undefined;
}
