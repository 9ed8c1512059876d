import { type EmbeddingForm, type EmbeddingNumbers, TriptychError } from '@triptych/core';
import { checkName } from './names.js';

/** What is asked of an item's vector. */
export interface RequestedEmbedding {
  /** Which vector of the encoder's output. Default: the encoder's own. */
  readonly pooling?: string | undefined;
  /** L2-normalise each vector. Default: true. */
  readonly normalize?: boolean | undefined;
  /** `float32`, `float16` or `int8`. Default: `float32`. */
  readonly encoding?: string | undefined;
  /** Keep the first n values, before normalising. Default, and 0: all. */
  readonly dimensions?: number | undefined;
}

/** The same, checked and complete. */
export interface EmbeddingPlan<Pooling> {
  readonly pooling: Pooling;
  readonly form: EmbeddingForm;
}

/** What an encoder offers. */
export interface EmbeddingOffer<Pooling extends string> {
  /** Values of one vector. */
  readonly dimensions: (pooling: Pooling) => number;
  /** The first is the default one. */
  readonly poolings: readonly [Pooling, ...Pooling[]];
}

/** How the values of a vector may be sent; the first is the default. */
export const embeddingEncodings: readonly [EmbeddingNumbers, ...EmbeddingNumbers[]] = [
  'float32',
  'float16',
  'int8',
];

/** Throws POOLING_UNSUPPORTED, ENUM_UNKNOWN or DIMENSIONS_INVALID, with the field below `options`. */
export function checkEmbeddingOptions<Pooling extends string>(
  requested: RequestedEmbedding | null | undefined,
  offer: EmbeddingOffer<Pooling>,
): EmbeddingPlan<Pooling> {
  const { encoding, dimensions = 0, normalize = true } = requested ?? {};
  const { pooling = offer.poolings[0] } = requested ?? {};
  const chosen = offer.poolings.find((one) => one === pooling);
  if (chosen === undefined) {
    throw new TriptychError(
      'POOLING_UNSUPPORTED',
      `this encoder does not offer the pooling ${pooling}; expected one of ${offer.poolings.join(', ')}`,
      { field: 'options.pooling', choice: { found: pooling, expected: offer.poolings } },
    );
  }
  const most = offer.dimensions(chosen);
  if (!(dimensions >= 0 && dimensions <= most && Number.isInteger(dimensions))) {
    throw new TriptychError('DIMENSIONS_INVALID', `${dimensions} dimensions; expected at most ${most}`, {
      field: 'options.dimensions',
    });
  }
  const form = {
    normalize,
    dimensions,
    numbers: checkName(encoding, embeddingEncodings, 'options.encoding'),
  };
  return { pooling: chosen, form };
}
