import type { Http2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import type { OpenCalls } from './open-calls.js';

/** What calls have that were told to end: a batch that is being computed is waited for, and answers reach who reads them. */
const FAREWELL_MS = 1000;

/** What serves calls, and what is open of it. */
export interface Serving {
  readonly server: Server;
  readonly calls: OpenCalls;
  readonly sessions: ReadonlySet<Http2Session>;
}

/** Takes no more calls; those that are left after `graceMs` fail with DRAINING, then connections are cut. */
export async function shutDown({ server, calls, sessions }: Serving, graceMs: number): Promise<void> {
  const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  if (await isDone(finished, graceMs)) return;
  calls.end(new TriptychError('DRAINING', 'the server is shutting down; call again to reach another'));
  if (await isDone(finished, FAREWELL_MS)) return;
  // grpc-js keeps no list of connections where channelz is off: what it means to cut would go on.
  for (const session of sessions) session.destroy();
  server.forceShutdown();
}

/** Whether something is done within a time. */
async function isDone(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const done = await Promise.race([work.then(() => true), expired]);
  clearTimeout(timer);
  return done;
}
