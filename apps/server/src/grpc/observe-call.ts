import { Metadata } from '@grpc/grpc-js';
import type { Admission } from '@triptych/engine';
import { named } from '../calls/named.js';
import { type CallHearers, observeCall as observe, REQUEST_ID } from '../calls/observe-call.js';
import type { OpenCalls } from '../calls/open-calls.js';
import type { CallTrace } from '../observability/tracing.js';
import { type CallStatus, toStatus } from './status.js';

/** Who hears of calls. */
export interface CallObservers extends CallHearers {
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
  /** Its status. */
  failed(thrown: unknown): CallStatus;
}

/** Services of other protocols, whose clients show a message and nothing else: it begins with our reason. */
const NAMED = ['/inference.', '/arrow.flight.'];

/** Watches a call: its id goes into its trailers. */
export function observeCall(observers: CallObservers, { path, peer, metadata }: CallIdentity): ObservedCall {
  const header = (name: string) => metadata.get(name)[0]?.toString();
  const observed = observe(observers, { system: 'grpc', method: path, peer, header });
  const { requestId } = observed;
  return {
    trace: observed.trace,
    succeeded: () => {
      observed.succeeded();
      const trailers = new Metadata();
      trailers.set(REQUEST_ID, requestId);
      return trailers;
    },
    failed: (thrown) => {
      const error = observed.failed(thrown);
      const status = toStatus(
        NAMED.some((service) => path.startsWith(service)) ? named(error) : error,
        requestId,
      );
      status.metadata.set(REQUEST_ID, requestId);
      return status;
    },
  };
}
