import { type EmbeddingForm, type EmbeddingNumbers, TriptychError } from '@triptych/core';
import { checkEnum } from './enums.js';

/** `EmbeddingOptions` as it comes in. */
export interface RequestedEmbedding {
  readonly pooling?: number;
  readonly normalize?: boolean;
  readonly encoding?: number;
  readonly dimensions?: number;
}

/** How an embedding is sent: as a list of floats, or as raw bytes of some numbers. */
export interface EmbeddingPlan<P> {
  readonly pooling: P;
  readonly form: EmbeddingForm;
  /** `EmbeddingEncoding` of the API, never UNSPECIFIED. */
  readonly encoding: number;
}

/** What an encoder offers. */
export interface EmbeddingOffer<P> {
  /** Values of one vector. */
  readonly dimensions: (pooling: P) => number;
  /** By `Pooling` number; 0 is the default one. */
  readonly poolings: Readonly<Record<number, P>>;
}

const numbersOf: Readonly<Record<number, EmbeddingNumbers>> = {
  0: 'float32',
  1: 'float32',
  2: 'float32',
  3: 'float16',
  4: 'int8',
};

/** Throws POOLING_UNSUPPORTED, ENUM_UNKNOWN or DIMENSIONS_INVALID, with the field below `options`. */
export function checkEmbeddingOptions<P>(
  requested: RequestedEmbedding | null | undefined,
  offer: EmbeddingOffer<P>,
): EmbeddingPlan<P> {
  const { pooling = 0, encoding = 0, dimensions = 0, normalize = true } = requested ?? {};
  const chosen = offer.poolings[pooling];
  if (chosen === undefined) {
    throw new TriptychError(
      'POOLING_UNSUPPORTED',
      `pooling ${pooling} is not offered by this encoder; expected one of ${offered(offer.poolings)}`,
      { field: 'options.pooling' },
    );
  }
  const most = offer.dimensions(chosen);
  if (dimensions > most) {
    throw new TriptychError('DIMENSIONS_INVALID', `${dimensions} dimensions; expected at most ${most}`, {
      field: 'options.dimensions',
    });
  }
  const numbers = checkEnum(encoding, numbersOf, 'options.encoding');
  return { pooling: chosen, form: { normalize, dimensions, numbers }, encoding: encoding || 1 };
}

/** As in `mean (1), mean-valid (2)`: names, and their numbers in `Pooling`. */
function offered(poolings: Readonly<Record<number, unknown>>): string {
  const named = Object.entries(poolings).filter(([number]) => number !== '0');
  return named.map(([number, name]) => `${String(name)} (${number})`).join(', ');
}
