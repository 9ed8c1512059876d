import { TriptychError } from '@triptych/core';

/** `found`: what the message has that it must not. */
export function malformed(found: string): TriptychError {
  return new TriptychError('ARROW_MALFORMED', `the Arrow message has ${found}`, { field: 'data_header' });
}

/** Right by the format, and nothing that this server reads. */
export function unsupported(found: string): TriptychError {
  return new TriptychError('ARROW_UNSUPPORTED', found, { field: 'data_header' });
}
