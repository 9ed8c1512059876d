import {
  type Metadata,
  ResponderBuilder,
  type ServerInterceptor,
  ServerInterceptingCall,
  ServerListenerBuilder,
} from '@grpc/grpc-js';
import { type Connection, principalOf } from '../calls/connection.js';
import type { Connections } from './connections.js';
import { followArrival } from './follow-arrival.js';
import { boundReadAhead } from './messages/read-ahead.js';
import { isProbe } from './health/limit-probes.js';
import { type CallObservers, observeCall } from './observe-call.js';

/** What is known of a call before a message of it is read. */
export interface CallStart {
  /** `/SERVICE/METHOD` */
  readonly path: string;
  readonly metadata: Metadata;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
  readonly connection: Connection;
  /** Who answers for the call: the connection, until a check knows better. See docs/decisions/admission.md. */
  principal: string;
  /** How long its refusal is held back. */
  slowedMs: number;
}

/** Throws at calls that are to be refused. What it returns is called once, when a call that it let in has gone from the connection. */
export type CallCheck = (call: CallStart) => (() => void) | void;

/**
 * Refuses the calls that a check throws at, with a status, before a message of theirs is read. The checks come in their
 * order, all in one interceptor: each of those is one more that every message passes.
 */
export function refuse(
  checks: readonly CallCheck[],
  observers: CallObservers,
  connections: Connections,
): ServerInterceptor {
  return ({ path, requestStream }, call) => {
    const { stream, connection } = connections.arriving;
    let active = () => undefined as void;
    let finished = active;
    let sent = active;
    let came = (_message: unknown) => undefined as void;
    let over = active;
    // grpc-js sends statuses of its own, too: of deadlines, of lengths, of what cannot be decompressed.
    const sendStatus = call.sendStatus.bind(call);
    call.sendStatus = (status) => {
      sendStatus(status);
      over();
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const principal = principalOf(connection);
        const deadline = Number(call.getDeadline());
        const start: CallStart = { path, metadata, deadline, connection, principal, slowedMs: 0 };
        const endings: (() => void)[] = [];
        over = () => {
          over = () => undefined;
          observers.calls.answered(stream);
        };
        const refused = (thrown: unknown) => {
          const observed = observeCall(observers, { path, metadata, peer: call.getPeer() });
          call.sendStatus(observed.failed(thrown));
        };
        try {
          for (const check of checks) {
            const ending = check(start);
            if (ending) endings.push(ending);
          }
        } catch (thrown) {
          for (const ending of endings) ending();
          if (start.slowedMs > 0) setTimeout(() => refused(thrown), start.slowedMs);
          else refused(thrown);
          return;
        }
        const open = {
          caller: { principal: start.principal, flow: connection.id },
          stream,
          controller: new AbortController(),
          active: performance.now(),
          arrived: 0,
          sent: 0,
          refuse: refused,
          isHandled: false,
        };
        active = () => {
          if (open.active !== Infinity) open.active = performance.now();
        };
        finished = () => {
          open.active = Infinity;
        };
        sent = () => {
          active();
          open.sent++;
        };
        endings.push(observers.calls.enter(metadata, open));
        // Probes are short, and a server that is full is no dead one.
        if (!isProbe(path)) {
          const arrival = followArrival(stream, open, observers.admission, requestStream);
          const ahead = requestStream ? boundReadAhead(call) : undefined;
          came = (message) => {
            arrival.came(message);
            ahead?.(message);
          };
          endings.push(arrival.end);
          const answered = over;
          over = () => {
            arrival.end();
            answered();
          };
        }
        // What was answered and is not read yet is still here: a call has gone when its stream has.
        const end = () => {
          for (const ending of endings) ending();
        };
        if (stream.destroyed) end();
        else stream.once('close', end);
        next(metadata);
      })
      .withOnReceiveMessage((message, next) => {
        active();
        came(message);
        next(message);
      })
      .withOnReceiveHalfClose((next) => {
        finished();
        next();
      })
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendMessage((message, next) => {
        sent();
        next(message);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}
