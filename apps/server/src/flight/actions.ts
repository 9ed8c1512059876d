import { TriptychError } from '@triptych/core';
import type { Engine } from '@triptych/engine';
import type { FlightAction } from '@triptych/protocol';
import { describeFlight, flights } from './flights.js';
import type { KeptRows } from './kept-rows.js';

/** What DoAction does, by type. */
export const actions = {
  models:
    'Every encoder that is served, each a result of JSON. Body: the name of a model, or nothing for all.',
  drop: 'Forgets the rows that DoPut keeps under a ticket. Body: the ticket.',
} as const;

/** Longest body that is looked at. */
const MOST_BODY_BYTES = 1024;

/** The results of an action. Throws NOT_IMPLEMENTED where there is none of its type, PARAMETER_INVALID, MODEL_NOT_FOUND or TICKET_UNKNOWN. */
export function doAction(
  { engine, kept }: { readonly engine: Engine; readonly kept: KeptRows },
  { type, body }: FlightAction,
): Buffer[] {
  if (body.length > MOST_BODY_BYTES)
    throw new TriptychError(
      'PARAMETER_INVALID',
      `the body has ${body.length} bytes; expected at most ${MOST_BODY_BYTES}`,
      { field: 'body' },
    );
  if (type === 'models')
    return flights(engine, body.toString()).map((flight) =>
      Buffer.from(JSON.stringify(describeFlight(flight))),
    );
  if (type === 'drop') {
    kept.drop(body);
    return [];
  }
  throw new TriptychError(
    'NOT_IMPLEMENTED',
    `action ${JSON.stringify(type.slice(0, 64))} is not served; expected one of ${Object.keys(actions).join(', ')}`,
    { field: 'type' },
  );
}
