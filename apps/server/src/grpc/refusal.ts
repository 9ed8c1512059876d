import {
  type Metadata,
  ResponderBuilder,
  type ServerInterceptor,
  ServerInterceptingCall,
  ServerListenerBuilder,
} from '@grpc/grpc-js';
import type { Connection, Connections } from './connections.js';
import { isProbe } from './health/limit-probes.js';
import { type CallObservers, observeCall } from './observe-call.js';
import { endCall } from './open-calls.js';

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
  return ({ path }, call) => {
    const { stream, connection } = connections.arriving;
    let active = () => undefined as void;
    let finished = active;
    let sent = active;
    let taken = active;
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const principal = connection.certificate ? `certificate ${connection.certificate}` : connection.id;
        const deadline = Number(call.getDeadline());
        const start: CallStart = { path, metadata, deadline, connection, principal, slowedMs: 0 };
        const endings: (() => void)[] = [];
        const refused = (thrown: unknown) => {
          const observed = observeCall(observers, { path, metadata, peer: call.getPeer() });
          call.sendStatus(observed.failed(thrown));
          observers.calls.answered(stream);
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
        const arriving = observers.admission.arriving(start.principal);
        taken = arriving.taken;
        endings.push(arriving.taken);
        // Behind the listener that reads messages out of them, which has paused the stream: nothing flows for this one.
        const came = (bytes: Buffer) => {
          const refusal = arriving.came(bytes.length);
          if (!refusal) return;
          // What comes after it is read and dropped.
          stream.off('data', came);
          arriving.taken();
          endCall(open, refusal);
        };
        // Probes are short, and a server that is full is no dead one.
        if (!isProbe(path)) stream.on('data', came);
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
        taken();
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
      .withSendStatus((status, next) => {
        next(status);
        observers.calls.answered(stream);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}
