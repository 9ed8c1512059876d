import { TriptychError } from '@triptych/core';
import type { OpenCalls } from './open-calls.js';

/** What calls have that were told to end: a batch that is being computed is waited for, and answers reach who reads them. */
const FAREWELL_MS = 1000;

/** What calls come in by. */
export interface Door {
  /** Takes no more calls; resolves once those under way have gone. */
  close(): Promise<void>;
  /** Cuts every connection. */
  cut(): void;
}

/** Takes no more calls; those that are left after `graceMs` fail with DRAINING, then connections are cut. */
export async function shutDown(doors: readonly Door[], calls: OpenCalls, graceMs: number): Promise<void> {
  const finished = Promise.all(doors.map((door) => door.close()));
  if (await isDone(finished, graceMs)) return;
  calls.end(new TriptychError('DRAINING', 'the server is shutting down; call again to reach another'));
  if (await isDone(finished, FAREWELL_MS)) return;
  for (const door of doors) door.cut();
}

/** Whether something is done within a time. */
async function isDone(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const done = await Promise.race([work.then(() => true), expired]);
  clearTimeout(timer);
  return done;
}
