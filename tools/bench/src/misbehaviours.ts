import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';
import { startDeafProxy } from './deaf-proxy.js';
import { liveConfig, tone } from './tiny-server.js';

/** What a client that misbehaves has. */
interface Situation {
  readonly client: TriptychClient;
  readonly address: string;
  readonly isStopped: () => boolean;
  /** Called each time that it does what it does. */
  readonly count: () => void;
}

export const misbehaviours: Readonly<Record<string, (situation: Situation) => Promise<unknown>>> = {
  greedy: async ({ client, isStopped, count }) => {
    const stream = client.streamAudio();
    stream.configure(liveConfig);
    const data = tone(1);
    const sending = (async () => {
      for (; !isStopped(); count()) await stream.send(data);
      stream.cancel();
    })();
    await drained(stream);
    await sending;
  },
  unread: async ({ address, isStopped, count }) => {
    const proxy = await startDeafProxy(address);
    const client = new TriptychClient(proxy.address, { ownConnections: true });
    const stream = client.streamAudio();
    stream.configure(liveConfig);
    const data = tone(1);
    void (async () => {
      for (; !isStopped(); count()) await stream.send(data);
    })();
    const ended = drained(stream);
    while (!isStopped()) await sleep(100);
    proxy.close();
    await ended;
    client.close();
  },
  silent: async ({ client, isStopped, count }) => {
    const streams = Array.from({ length: 1000 }, () => client.streamAudio());
    streams.forEach(count);
    const ended = Promise.all(streams.map(drained));
    while (!isStopped()) await sleep(100);
    for (const stream of streams) stream.cancel();
    await ended;
  },
  slow: async ({ client, isStopped, count }) => {
    const stream = client.streamAudio();
    stream.configure(liveConfig);
    const ended = drained(stream);
    while (!isStopped()) {
      await stream.send(Buffer.alloc(1));
      count();
      await sleep(1000);
    }
    stream.cancel();
    await ended;
  },
  cancels: async ({ client, isStopped, count }) => {
    while (!isStopped()) {
      for (let i = 0; i < 10; i++) {
        const stream = client.streamAudio();
        const ended = drained(stream);
        stream.configure(liveConfig);
        stream.cancel();
        count();
        void ended;
      }
      await sleep(10);
    }
  },
};

async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of stream);
  } catch {
    // It was cancelled, as it was meant to be.
  }
}
