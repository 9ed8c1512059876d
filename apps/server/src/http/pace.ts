import { setImmediate } from 'node:timers/promises';

/** What one request may do on the event loop before others have their turn. */
const TURN_MS = 2;

/** For work in steps: awaited between two of them, it lets others have the event loop once the work has had it for a turn. */
export function paced(): () => Promise<void> {
  let started = performance.now();
  return async () => {
    if (performance.now() - started < TURN_MS) return;
    await setImmediate();
    started = performance.now();
  };
}
