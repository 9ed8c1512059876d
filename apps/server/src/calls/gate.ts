import { type Admission, CallLimit } from '@triptych/engine';
import type { ServerConfig } from '../config/settings.js';
import type { Metrics } from '../observability/metrics.js';
import { Authentication } from '../security/authentication.js';
import { GuessLimit } from '../security/guess-limit.js';
import type { TokenFile } from '../security/token-file.js';
import { IdleCalls } from './end-idle.js';
import { ConnectionLimit } from './limit-connections.js';
import { OpenCalls } from './open-calls.js';

/** What calls of all protocols are let in by, and what they share: a caller gets no more by speaking two of them. */
export interface Gate {
  readonly calls: OpenCalls;
  readonly idle: IdleCalls;
  readonly open: CallLimit;
  readonly connections: ConnectionLimit;
  /** Undefined where no tokens are asked for. */
  readonly authentication: Authentication | undefined;
}

export function createGate(
  config: ServerConfig,
  admission: Admission,
  metrics: Metrics,
  tokens: TokenFile | undefined,
): Gate {
  const calls = new OpenCalls();
  const idle = new IdleCalls(calls, admission, config, (reason) => metrics.callEnded(reason));
  const open = new CallLimit(config.maxCalls);
  const connections = new ConnectionLimit(config.maxConnections);
  const authentication =
    tokens &&
    new Authentication(tokens, new GuessLimit(config.authFailures), (answer) =>
      metrics.authenticationFailed(answer),
    );
  metrics.followOccupancy({
    get lanes() {
      return admission.lanes;
    },
    get bytes() {
      return admission.bytes;
    },
    get calls() {
      return open.open;
    },
    get callers() {
      return open.callers;
    },
    get connections() {
      return connections.open;
    },
    get unreadBytes() {
      return idle.unreadBytes;
    },
  });
  return { calls, idle, open, connections, authentication };
}
