import { AudioContext, TriptychClient } from '@triptych/client';
import { format, speech } from '../speech.js';
import type { Attack } from './attack.js';
import { besideAttackers, THREE_TIMES } from './beside.js';

/** Streams that one connection may have. */
const PER_CONNECTION = 1000;

/** One caller with so many streams, each of which sends as fast as it is read. */
export function manyStreams(count: number): Attack {
  return {
    title: `One caller with ${count} streams that send as fast as they can`,
    run: (extent) =>
      besideAttackers({
        extent,
        ...THREE_TIMES,
        attack: async ({ address }, isOver) => {
          const clients = Array.from(
            { length: Math.ceil(count / PER_CONNECTION) },
            () => new TriptychClient(address, { ownConnections: true }),
          );
          await Promise.all(
            Array.from({ length: count }, (_, i) => flood(clients[i % clients.length], isOver)),
          );
          for (const client of clients) client.close();
        },
      }),
  };
}

async function flood(client: TriptychClient, isOver: () => boolean): Promise<void> {
  const chunk = speech().subarray(0, 32_000);
  while (!isOver()) {
    const stream = client.streamAudio();
    stream.configure({ format, windowMs: 500, context: AudioContext.AUDIO_CONTEXT_TRIMMED });
    const sending = (async () => {
      while (!isOver()) await stream.send(chunk);
      stream.cancel();
    })();
    const reading = (async () => {
      for await (const _ of stream);
    })();
    await Promise.allSettled([sending, reading]);
  }
}
