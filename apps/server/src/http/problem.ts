import { STATUS_CODES } from 'node:http';
import type { TriptychError } from '@triptych/core';
import { z } from 'zod';
import { publicMessage } from '../calls/public-error.js';
import { statusFor } from './status.js';

/** A failure of RFC 9457, with members of our own beside its. */
export const problemAnswer = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  reason: z.string().meta({ description: 'One of docs/api.md.' }),
  field: z.string().optional(),
  retryable: z.boolean(),
});

export function problem(error: TriptychError): z.infer<typeof problemAnswer> {
  const { reason, field, retryable } = error;
  const status = statusFor(error);
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Client Closed Request',
    status,
    detail: publicMessage(error),
    reason,
    ...(field === undefined ? {} : { field }),
    retryable,
  };
}
