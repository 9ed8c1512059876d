import { count } from '../schemas.js';
import { define } from './setting.js';

const MIB = 1024 * 1024;

/** How many connections and calls there may be, and for how long. */
export const connectionSettings = {
  maxStreams: define({
    flag: '--max-streams <n>',
    env: 'TRIPTYCH_MAX_STREAMS',
    default: 1000,
    description: 'calls and streams that one connection may have open at a time',
    schema: count(1, 100_000),
  }),
  maxCalls: define({
    flag: '--max-calls <n>',
    env: 'TRIPTYCH_MAX_CALLS',
    default: 10_000,
    description:
      'calls and streams that all connections together may have open at a time; one caller may have no more than stay free for others',
    schema: count(1, 1_000_000),
  }),
  maxConnections: define({
    flag: '--max-connections <n>',
    env: 'TRIPTYCH_MAX_CONNECTIONS',
    default: 10_000,
    description: 'connections that may be open at a time, three quarters of them from one address',
    schema: count(1, 1_000_000),
  }),
  idleMs: define({
    flag: '--idle-ms <ms>',
    env: 'TRIPTYCH_IDLE_MS',
    default: 300_000,
    description:
      'time without a message either way, and with nothing in work, after which a call or stream ends, in milliseconds; 0: never',
    schema: count(0, 2_147_000_000),
  }),
  unreadMs: define({
    flag: '--unread-ms <ms>',
    env: 'TRIPTYCH_UNREAD_MS',
    default: 30_000,
    description:
      'time that an answer waits for its client to read it, beside a second for each 128 KB, before the call ends, in milliseconds',
    schema: count(100, 2_147_000_000),
  }),
  unreadBytes: define({
    flag: '--unread-bytes <bytes>',
    env: 'TRIPTYCH_UNREAD_BYTES',
    default: 64 * MIB,
    description:
      'bytes of answers that may wait for one caller to read them; beyond, its calls are refused, and beyond twice as much ended',
    schema: count(1024, Number.MAX_SAFE_INTEGER),
  }),
  authFailures: define({
    flag: '--auth-failures <n>',
    env: 'TRIPTYCH_AUTH_FAILURES',
    default: 60,
    description:
      'calls of one address a minute without a token that is known that are answered at once; further ones are slowed down',
    schema: count(1, 1_000_000),
  }),
  connectionAgeMs: define({
    flag: '--connection-age-ms <ms>',
    env: 'TRIPTYCH_CONNECTION_AGE_MS',
    default: 0,
    description:
      'age at which a connection takes no new calls, so that clients spread over replicas, in milliseconds; 0: never',
    schema: count(0, 2_147_000_000),
  }),
  connectionGraceMs: define({
    flag: '--connection-grace-ms <ms>',
    env: 'TRIPTYCH_CONNECTION_GRACE_MS',
    default: 60_000,
    description: 'time that calls of a connection of that age get to finish, in milliseconds',
    schema: count(0, 2_147_000_000),
  }),
  keepaliveMs: define({
    flag: '--keepalive-ms <ms>',
    env: 'TRIPTYCH_KEEPALIVE_MS',
    default: 60_000,
    description: 'how often a silent client is asked whether it is still there, in milliseconds',
    schema: count(1000, 2_147_000_000),
  }),
  drainMs: define({
    flag: '--drain-ms <ms>',
    env: 'TRIPTYCH_DRAIN_MS',
    default: 10_000,
    description: 'time that calls in flight get to finish after SIGTERM, in milliseconds',
    schema: count(0, 3_600_000),
  }),
};
