import { CallError, type EncodeAudioRequest, type TriptychClient } from '@triptych/client';
import { oneClip } from './speech.js';

/** gRPC's number of a status, 0 where a vector came. */
export interface CallOutcome {
  readonly code: number;
  /** By `performance.now()`. */
  readonly startedAt: number;
  readonly endedAt: number;
}

const UNKNOWN = 2;

/** Calls of one clip, some at a time, one after the other until it is stopped. */
export class Load {
  readonly outcomes: CallOutcome[] = [];
  #isStopped = false;
  readonly #loops: Promise<void>[];

  constructor(client: TriptychClient, inFlight: number) {
    const request = oneClip();
    this.#loops = Array.from({ length: inFlight }, async () => {
      while (!this.#isStopped) {
        const outcome = await callOnce(client, request);
        this.outcomes.push(outcome);
        // Who is refused at once would ask a thousand times a second.
        if (outcome.code !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
  }

  count(isCounted: (outcome: CallOutcome) => boolean): number {
    return this.outcomes.filter(isCounted).length;
  }
}

export async function callOnce(client: TriptychClient, request: EncodeAudioRequest): Promise<CallOutcome> {
  const startedAt = performance.now();
  const code = await client.encodeAudio(request).then(
    ({ results: [{ embedding, error }] }) => (embedding ? 0 : (error?.code ?? UNKNOWN)),
    (thrown: unknown) => (thrown instanceof CallError ? thrown.code : UNKNOWN),
  );
  return { code, startedAt, endedAt: performance.now() };
}
