import { TriptychError } from '@triptych/core';
import type { Neighbour } from '../neighbour.js';
import { sendCompressed, sendHeaders } from './calls.js';
import { recordCall, sendFrames } from './frames.js';

const LANES = 8;
const CHECK_EVERY = 100;

/**
 * Malformed frames, headers and compressed messages, each on a connection of its own. Every whole call must get an answer,
 * and the neighbour its vector. Returns how often each outcome came.
 */
export async function fuzzHttp2(
  address: string,
  message: Buffer,
  neighbour: Neighbour,
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const recorded = await recordCall(address);
  const kinds = [
    () => sendFrames(address, recorded, next),
    () => sendHeaders(address, message, next),
    () => sendCompressed(address, message, next),
  ];
  const outcomes = new Map<string, number>();
  let started = 0;
  const lane = async () => {
    while (started < count) {
      const i = started++;
      const outcome = await kinds[i % kinds.length]();
      if (outcome.endsWith('NO ANSWER')) throw new TriptychError('INTERNAL', `a call hung (${outcome})`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (i % CHECK_EVERY === 0) await neighbour.check();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await neighbour.check();
  return outcomes;
}
