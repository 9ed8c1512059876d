import { TriptychError } from '@triptych/core';
import { z } from 'zod';
import { explain } from '../../config/schemas.js';
import type { Form } from '../form/read-form.js';
import { JsonText } from './json-text.js';
import type { Json } from './read-json.js';

/** A string of a body, of any length. */
export const text = (description: string) =>
  z
    .custom<string | JsonText>((value) => typeof value === 'string' || value instanceof JsonText, {
      error: 'expected text',
    })
    .meta({ type: 'string', description });

/** A short string of a body: a name or a choice. */
export const name = (description: string) =>
  z.string({ error: 'expected text of less than 64 bytes' }).meta({ description });

/** A body as its schema has it. Throws MESSAGE_MALFORMED with the field that is wrong, and BATCH_TOO_LARGE where a list is too long. */
export function parseRequest<T>(schema: z.ZodType<T>, body: Json | Form, mostItems: number): T {
  if (typeof body === 'object' && body && !Array.isArray(body) && !(body instanceof JsonText))
    for (const [field, value] of Object.entries(body))
      // Before each of them is looked at.
      if (Array.isArray(value) && value.length > mostItems)
        throw new TriptychError(
          'BATCH_TOO_LARGE',
          `${value.length} ${field} in one request; expected at most ${mostItems}`,
          { field },
        );
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue.path.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : `${path}${path && '.'}${String(key)}`),
    '',
  );
  if (issue.code === 'unrecognized_keys') {
    const field = at === '' ? issue.keys[0] : `${at}.${issue.keys[0]}`;
    throw new TriptychError('MESSAGE_MALFORMED', `${field} is no field that this route knows`, { field });
  }
  const problem = explain([issue]);
  throw new TriptychError('MESSAGE_MALFORMED', at === '' ? `the body: ${problem}` : `${at}: ${problem}`, {
    field: at === '' ? undefined : at,
  });
}
