import type { GraphBuilder, Value } from '@triptych/inference-core';
import type { MelConfig } from './config.js';
import { slaneyMelFilters } from './mel-filters.js';

/** Energies below this are silence (the reference's floor, before the logarithm). */
const POWER_FLOOR = 1e-10;
/** Dynamic range kept below a clip's own maximum, in powers of ten. */
const DYNAMIC_RANGE = 8;

/** What a spectrogram takes of the recording that its samples are of. */
export interface RecordingTerms {
  /** int64 [2]: samples that are mirrored before and behind. */
  readonly reflected: Value;
  /** float32 [1]: the least that the maximum is taken to be. */
  readonly loudest: Value;
}

/**
 * Whisper's log-mel spectrogram as tensor operations, after `WhisperFeatureExtractor`: reflect-padded, periodic
 * Hann window, power spectrum, Slaney mel bands, log10 clamped to 8 below the clip's maximum, (x + 4) / 4.
 *
 * `samples` is [batch, n] with n a multiple of the hop, already zero-padded; the result [batch, bins, n / hop].
 */
export function logMel(
  g: GraphBuilder,
  samples: Value,
  mel: MelConfig,
  { reflected, loudest: least }: RecordingTerms,
): Value {
  const edge = (index: number) => g.op('Slice', [reflected, g.ints([index]), g.ints([index + 1])]);
  const pads = g.op('Concat', [g.ints([0]), edge(0), g.ints([0]), edge(1)], { attributes: { axis: 0 } });
  const padded = g.op('Pad', [samples, pads], { attributes: { mode: 'reflect' } });
  const log = logMelEnergy(g, padded, mel);
  const own = g.op('ReduceMax', [log, g.ints([1, 2])], { attributes: { keepdims: 1 } });
  const loudest = g.op('Max', [own, least]);
  const clamped = g.op('Max', [log, g.op('Sub', [loudest, g.floats([DYNAMIC_RANGE], [])])]);
  return g.op('Mul', [g.op('Add', [clamped, g.floats([4], [])]), g.floats([0.25], [])]);
}

/**
 * What is mirrored at the edges of a whole clip. The reference centres frames and drops the last one: frame t then covers [t·hop −
 * window/2, t·hop + window/2), and the right edge needs only what the last kept frame reaches.
 */
export function edges({ window, hop }: MelConfig): readonly [before: number, behind: number] {
  return [window / 2, window / 2 - hop];
}

/** log10 of the mel bands' energies: samples [batch, n], with their edges → [batch, bins, frames] */
export function logMelEnergy(g: GraphBuilder, padded: Value, mel: MelConfig): Value {
  const { window, bins } = mel;
  const frequencies = window / 2 + 1;
  const { real, imaginary } = dft(g, frames(g, padded, mel), mel);
  const power = g.op('Add', [g.op('Mul', [real, real]), g.op('Mul', [imaginary, imaginary])]);
  const filters = g.floats(slaneyMelFilters(mel), [1, bins, frequencies]);
  const energy = g.kernels.fusedProducts
    ? g.op('FusedMatMul', [filters, power], { domain: 'com.microsoft', attributes: { transB: 1 } })
    : g.op('MatMul', [filters, g.op('Transpose', [power], { attributes: { perm: [0, 2, 1] } })]);
  return g.op('Mul', [
    g.op('Log', [g.op('Max', [energy, g.floats([POWER_FLOOR], [])])]),
    g.floats([Math.LOG10E], []),
  ]);
}

/** Overlapping frames: [batch, n] → [batch, frames, window], cut from blocks that divide both window and hop. */
function frames(g: GraphBuilder, signal: Value, { window, hop }: MelConfig): Value {
  const block = greatestCommonDivisor(window, hop);
  const perFrame = window / block;
  const blocks = g.op('Reshape', [signal, g.ints([0, -1, block])]);
  const columns = Array.from({ length: perFrame }, (_, j) => {
    const end = j + 1 - perFrame;
    const bounds = [[j], [end === 0 ? Number.MAX_SAFE_INTEGER : end], [1], [hop / block]];
    return g.op('Slice', [blocks, ...bounds.map((b) => g.ints(b))]);
  });
  return g.op('Concat', columns, { attributes: { axis: 2 } });
}

/**
 * Windowed DFT of real frames as two matrix products, folded about the middle: cosines are even and sines odd
 * there, which halves the work and the rounding error. A periodic Hann window is 0 at its first sample, so n runs
 * from 1. [batch, frames, window] → two of [batch, frames, window/2 + 1]
 */
function dft(g: GraphBuilder, framed: Value, { window }: MelConfig): { real: Value; imaginary: Value } {
  const half = window / 2;
  const frequencies = half + 1;
  const hann = Float32Array.from(
    { length: window },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / window),
  );
  const windowed = g.op('Mul', [framed, g.floats(hann)]);
  const rising = g.op('Slice', [windowed, g.ints([1]), g.ints([half + 1]), g.ints([2])]);
  const falling = g.op('Slice', [
    windowed,
    g.ints([window - 1]),
    g.ints([half - 1]),
    g.ints([2]),
    g.ints([-1]),
  ]);
  const cosines = new Float32Array(half * frequencies);
  const sines = new Float32Array(half * frequencies);
  for (let n = 1; n <= half; n++) {
    for (let k = 0; k < frequencies; k++) {
      // k·n is reduced modulo the window first: large angles would cost digits.
      const angle = (2 * Math.PI * ((k * n) % window)) / window;
      // The middle sample folds onto itself: it is counted twice in the sum and not at all in the difference.
      cosines[(n - 1) * frequencies + k] = Math.cos(angle) * (n === half ? 0.5 : 1);
      sines[(n - 1) * frequencies + k] = n === half ? 0 : Math.sin(angle);
    }
  }
  const product = (folded: Value, basis: Float32Array) =>
    g.op('MatMul', [folded, g.floats(basis, [half, frequencies])]);
  return {
    real: product(g.op('Add', [rising, falling]), cosines),
    imaginary: product(g.op('Sub', [rising, falling]), sines),
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
