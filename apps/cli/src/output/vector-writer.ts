import { TriptychError } from '@triptych/core';
import type { EncodedVector } from '../encode/encoded-vector.js';
import type { Identity } from '../encode/identity.js';

/** Where encoded windows go, one by one. */
export interface VectorWriter {
  /** Comes first, with the models whose vectors follow. */
  begin(identities: readonly Identity[]): Promise<void>;
  /** May be called again before it resolves: vectors are written in the order of the calls. */
  write(window: EncodedVector): Promise<void>;
  /** Completes the output. */
  close(): Promise<void>;
}

/** Values of one vector, where all are to have as many. Throws CONFIG_INVALID. */
export function checkWidth({ source, shape }: EncodedVector, before: number | undefined): number {
  const width = shape[shape.length - 1];
  if (before === undefined || width === before) return width;
  throw new TriptychError(
    'CONFIG_INVALID',
    `${source}: a vector of ${width} values after vectors of ${before}; this format takes one width: encode them into ` +
      'files of their own, use --dimensions, or --format jsonl',
  );
}
