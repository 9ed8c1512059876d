import { randomUUID } from 'node:crypto';
import { Metadata, status as grpcStatus } from '@grpc/grpc-js';
import { type Logger, TriptychError } from '@triptych/core';
import type { Metrics } from '../observability/metrics.js';
import type { CallTrace, Tracing } from '../observability/tracing.js';
import type { Admission } from '@triptych/engine';
import type { OpenCalls } from './open-calls.js';
import { type CallStatus, toStatus } from './status.js';

/** Who hears of calls. */
export interface CallObservers {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly calls: OpenCalls;
  readonly admission: Admission;
}

/** What every kind of call tells of itself. */
export interface CallIdentity {
  /** `/SERVICE/METHOD` */
  readonly path: string;
  readonly peer: string;
  readonly metadata: Metadata;
}

/** A call that is being watched: it ends once, one way or the other. */
export interface ObservedCall {
  readonly trace: CallTrace;
  /** Trailers of its answer. */
  succeeded(): Metadata;
  /** Its status; faults of ours are logged with their cause. */
  failed(thrown: unknown): CallStatus;
}

const REQUEST_ID = 'x-request-id';
/** What proxies and callers put there; anything else would be theirs to write into our log. */
const ACCEPTED_ID = /^[\w.:-]{1,128}$/;

/** Counts, traces and logs a call, by an id that the caller gave in `x-request-id` or that it gets back there. */
export function observeCall(
  { logger, metrics, tracing }: CallObservers,
  { path, peer, metadata }: CallIdentity,
): ObservedCall {
  const started = performance.now();
  const given = metadata.get(REQUEST_ID)[0]?.toString() ?? '';
  const requestId = ACCEPTED_ID.test(given) ? given : randomUUID();
  const ended = metrics.call(path);
  const trace = tracing.call(path, metadata);
  const fields = () => ({
    method: path,
    requestId,
    traceId: trace.traceId,
    ms: Math.round(performance.now() - started),
  });
  return {
    trace,
    succeeded: () => {
      ended('OK');
      trace.end(grpcStatus.OK);
      logger.debug(fields(), 'call done');
      const trailers = new Metadata();
      trailers.set(REQUEST_ID, requestId);
      return trailers;
    },
    failed: (thrown) => {
      const error = TriptychError.from(thrown);
      const { reason, field, cause } = error;
      const status = toStatus(error, requestId);
      status.metadata.set(REQUEST_ID, requestId);
      ended(grpcStatus[status.code]);
      if (error.code === 'overloaded') metrics.refused(path, reason);
      trace.end(status.code, reason);
      if (error.code === 'internal') logger.error({ ...fields(), err: error, cause }, 'call failed');
      else logger.info({ ...fields(), peer, reason, field }, 'call refused');
      return status;
    },
  };
}
