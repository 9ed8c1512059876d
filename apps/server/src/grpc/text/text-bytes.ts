import { TriptychError } from '@triptych/core';

/** A `string` field as a server reads it: see `loadWirePackage`. */
export function textBytes(field: unknown): Uint8Array {
  if (field instanceof Uint8Array) return field;
  throw new TriptychError('INTERNAL', 'a text was read as another type than bytes');
}
