import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CrowdedWindows, LEAST_WINDOW } from './crowded-windows.js';
import { CONNECTION_WINDOW } from './flow-control.js';

const server = createServer();
let client: ClientHttp2Session;
let session: ServerHttp2Session;
let crowded: CrowdedWindows;
beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  [session] = (await once(server, 'session')) as [ServerHttp2Session];
  crowded = new CrowdedWindows(CONNECTION_WINDOW);
});
afterEach(async () => {
  crowded.delete(session);
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const window = () => session.state.effectiveLocalWindowSize;
const widens = () => expect.poll(window, { timeout: 10_000 }).toBe(CONNECTION_WINDOW);

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('a crowded connection', () => {
  it('has a narrow window, which widens while rounds of the event loop are short', async () => {
    crowded.add(session);
    expect(window()).toBe(LEAST_WINDOW);
    const seen = new Set<number | undefined>();
    await expect
      .poll(() => (seen.add(window()), window()), { timeout: 10_000, interval: 20 })
      .toBe(CONNECTION_WINDOW);
    expect(seen.size).toBeGreaterThan(3);
  });

  it('has a narrow one again when one was long', async () => {
    crowded.add(session);
    await widens();
    block(100);
    await expect.poll(window, { interval: 5 }).toBe(LEAST_WINDOW);
  });

  it('keeps it while they are long', async () => {
    crowded.add(session);
    for (let i = 0; i < 20; i++) {
      block(60);
      await sleep(50);
      expect(window()).toBe(LEAST_WINDOW);
    }
  });

  it('has a wide one once it is not crowded any more', () => {
    crowded.add(session);
    crowded.delete(session);
    expect(window()).toBe(CONNECTION_WINDOW);
  });

  it('that has ended bothers no other', async () => {
    crowded.add(session);
    client.destroy();
    await once(session, 'close');
    await sleep(500);
    crowded.delete(session);
    expect(session.destroyed).toBe(true);
  });
});
