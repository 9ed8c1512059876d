import { Duplex } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { messages } from './call.js';
import { readMessage } from './messages/unread-message.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Message {
  readonly bytes: Uint8Array;
}

/** A stream that goes on for as long as it is read. */
function endless(seen: WeakRef<Message>[]): ServerDuplexStream<Message, never> {
  const stream = new Duplex({
    objectMode: true,
    highWaterMark: 1,
    read() {
      const message = { bytes: new Uint8Array(16) };
      seen.push(new WeakRef(message));
      setImmediate(() => this.push(message));
    },
    write: (_chunk, _encoding, done) => done(),
  });
  return stream as unknown as ServerDuplexStream<Message, never>;
}

describe('the messages of a stream', () => {
  it('are not kept once they were taken, however long the call lasts', async () => {
    const seen: WeakRef<Message>[] = [];
    const { signal } = new AbortController();
    const incoming = messages(endless(seen), signal, readMessage);
    for (let i = 0; i < 500; i++) await incoming.next();
    await new Promise((resolve) => setTimeout(resolve, 1));
    collectGarbage();
    expect(seen.length).toBeGreaterThanOrEqual(500);
    expect(seen.filter((message) => message.deref()).length).toBeLessThan(20);
  });

  it('end with CANCELLED for whoever waits for the next one when the call is aborted', async () => {
    const controller = new AbortController();
    const silent = new Duplex({ objectMode: true, read: () => undefined, write: (_c, _e, done) => done() });
    const incoming = messages(
      silent as unknown as ServerDuplexStream<Message, never>,
      controller.signal,
      readMessage,
    );
    const next = incoming.next();
    controller.abort();
    await expect(next).rejects.toMatchObject({ reason: 'CANCELLED' });
  });
});
