import { randomUUID } from 'node:crypto';
import { type Logger, TriptychError } from '@triptych/core';
import type { Metrics } from '../observability/metrics.js';
import type { CallTrace, Tracing } from '../observability/tracing.js';
import { codeOf } from './public-error.js';

/** Who hears of calls, whatever protocol they come by. */
export interface CallHearers {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** What every kind of call tells of itself. */
export interface CallIdentity {
  readonly system: 'grpc' | 'http';
  /** `/SERVICE/METHOD`, or a route of HTTP. */
  readonly method: string;
  readonly peer: string;
  /** The first value of what it brings by a name in lower case. */
  readonly header: (name: string) => string | undefined;
}

/** A call that is being watched: it ends once, one way or the other. */
export interface ObservedCall {
  readonly trace: CallTrace;
  readonly requestId: string;
  succeeded(): void;
  /** Faults of ours are logged with their cause. */
  failed(thrown: unknown): TriptychError;
}

export const REQUEST_ID = 'x-request-id';
/** What proxies and callers put there; anything else would be theirs to write into our log. */
const ACCEPTED_ID = /^[\w.:-]{1,128}$/;

/** Counts, traces and logs a call, by an id that the caller gave in `x-request-id` or that it gets back there. */
export function observeCall(
  { logger, metrics, tracing }: CallHearers,
  { system, method, peer, header }: CallIdentity,
): ObservedCall {
  const started = performance.now();
  const given = header(REQUEST_ID) ?? '';
  const requestId = ACCEPTED_ID.test(given) ? given : randomUUID();
  const ended = metrics.call(method);
  const trace = tracing.call(system, method, header);
  const fields = () => ({
    method,
    requestId,
    traceId: trace.traceId,
    ms: Math.round(performance.now() - started),
  });
  return {
    trace,
    requestId,
    succeeded: () => {
      ended('OK');
      trace.end('OK');
      logger.debug(fields(), 'call done');
    },
    failed: (thrown) => {
      const error = TriptychError.from(thrown);
      const { reason, field, cause } = error;
      const code = codeOf[error.code];
      ended(code);
      if (error.code === 'overloaded') metrics.refused(method, reason);
      trace.end(code, reason);
      if (code === 'INTERNAL') logger.error({ ...fields(), err: error, cause }, 'call failed');
      else logger.info({ ...fields(), peer, reason, field }, 'call refused');
      return error;
    },
  };
}
