import { TriptychError } from '@triptych/core';

/** The space that vectors are compared in. */
export interface SharedSpace {
  readonly name: string;
  readonly dimensions: number;
}

/** A vector that was made earlier, and the space it came with. */
export interface Precomputed {
  readonly values: Float32Array;
  readonly space: string;
}

/** Such a vector at length 1. Throws SPACE_MISMATCH or EMBEDDING_INVALID. */
export function checkPrecomputed({ values, space }: Precomputed, shared: SharedSpace): Float32Array {
  if (space !== shared.name) {
    throw new TriptychError(
      'SPACE_MISMATCH',
      `the vector lies in space ${JSON.stringify(space)}; expected ${JSON.stringify(shared.name)}`,
      { field: 'space' },
    );
  }
  const invalid = (message: string) =>
    new TriptychError('EMBEDDING_INVALID', message, { field: 'embedding' });
  if (values.length !== shared.dimensions)
    throw invalid(`the vector has ${values.length} values; expected ${shared.dimensions}`);
  const norm = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
  if (!Number.isFinite(norm) || norm === 0)
    throw invalid(`the vector's length is ${norm}; expected a number above 0`);
  return values.map((v) => v / norm);
}
