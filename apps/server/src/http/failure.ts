import type { TriptychError } from '@triptych/core';
import { codeOf, publicMessage, retryDelayOf } from '../calls/public-error.js';
import { toItemError } from '../grpc/status.js';
import { namedMessage } from '../calls/named.js';
import { problem } from './problem.js';
import { HttpError, statusFor } from './status.js';

/** A failure as HTTP answers it. */
export interface FailureAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** In whose words a route fails: OpenAI's, those of the Open Inference Protocol, of Connect, or of RFC 9457. */
export type FailureStyle = 'openai' | 'oip' | 'connect' | 'grpc-web' | 'problem';

export function styleOf(url: string, contentType = ''): FailureStyle {
  if (url.startsWith('/v1/')) return 'openai';
  if (url.startsWith('/triptych.v1.'))
    return /^application\/grpc-web/i.test(contentType) ? 'grpc-web' : 'connect';
  return url.startsWith('/v2/') || url === '/v2' ? 'oip' : 'problem';
}

/** What OpenAI's clients read of a failure; `code` is the catalogue's reason. */
export interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

export function failureAnswer(error: TriptychError, style: FailureStyle, requestId: string): FailureAnswer {
  if (style === 'grpc-web') return trailersOnly(error);
  const status = statusFor(error);
  const bodies = {
    openai: () => ({ error: openAiError(error) }),
    oip: () => ({ error: namedMessage(error) }),
    connect: () => ({ code: codeOf[error.code].toLowerCase(), message: namedMessage(error) }),
    problem: () => ({ ...problem(error), instance: `urn:request:${requestId}` }),
  };
  return {
    status,
    headers: {
      'content-type': style === 'problem' ? 'application/problem+json' : 'application/json',
      ...retryHeaders(error),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(error instanceof HttpError ? error.headers : {}),
    },
    body: JSON.stringify(bodies[style]()),
  };
}

/** gRPC-Web's answer without a message: its status among the headers. */
function trailersOnly(error: TriptychError): FailureAnswer {
  const { code, message } = toItemError(error);
  const headers = {
    'content-type': 'application/grpc-web+proto',
    'grpc-status': String(code),
    'grpc-message': encodeURIComponent(message ?? ''),
  };
  return { status: 200, headers, body: '' };
}

export function openAiError(error: TriptychError): OpenAiError {
  return {
    message: publicMessage(error),
    type: typeOf(statusFor(error)),
    param: error.field ?? null,
    code: error.reason,
  };
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}

/** In whole seconds, as HTTP has it, and in milliseconds, as OpenAI's clients read it, too. */
function retryHeaders(error: TriptychError): Record<string, string> {
  const ms = retryDelayOf(error);
  return ms === undefined
    ? {}
    : { 'retry-after': String(Math.ceil(ms / 1000)), 'retry-after-ms': String(ms) };
}
