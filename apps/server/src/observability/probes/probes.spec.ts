import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { silentLogger } from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Metrics } from '../metrics.js';
import { type ProbePort, serveProbes } from './serve-probes.js';

const metrics = new Metrics();
let port: ProbePort;
beforeAll(async () => {
  port = await serveProbes('127.0.0.1:0', metrics, silentLogger);
});
afterAll(() => port.close());

const get = (path: string) => fetch(`http://${port.address}${path}`);

/** A connection that has sent this and waits. */
async function dial(bytes = ''): Promise<Socket> {
  const [host, number] = port.address.split(':');
  const socket = connect(Number(number), host).on('error', () => undefined);
  await once(socket, 'connect');
  socket.resume().write(bytes);
  return socket;
}

describe('probes', () => {
  it('say whether calls are answered, from one moment to the next', async () => {
    expect((await get('/readyz')).status).toBe(503);
    port.setReady(true);
    expect((await get('/readyz')).status).toBe(200);
    port.setReady(false);
    expect((await get('/readyz')).status).toBe(503);
  });

  it('are answered beside more connections than are kept that say nothing, or little', async () => {
    const sockets: Socket[] = [];
    for (let i = 0; i < 2500; i++) sockets.push(await dial(i % 2 ? 'GET /livez HTTP/1.1\r\nX-' : ''));
    for (let i = 0; i < 50; i++) expect((await get('/livez')).status).toBe(200);
    // The ones that waited longest made room.
    await expect.poll(() => sockets[0].readyState).not.toBe('open');
    for (const socket of sockets) socket.destroy();
  });

  it('are not delayed by scrapes, which are rendered together', async () => {
    let renders = 0;
    const metrics = new Metrics();
    const { registry } = metrics;
    const render = registry.metrics.bind(registry);
    registry.metrics = () => (renders++, render());
    const other = await serveProbes('127.0.0.1:0', metrics, silentLogger);
    const scrapes = Array.from({ length: 200 }, () => fetch(`http://${other.address}/metrics`));
    expect((await fetch(`http://${other.address}/livez`)).status).toBe(200);
    for (const response of await Promise.all(scrapes)) {
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('process_cpu_seconds_total');
    }
    expect(renders).toBeLessThan(100);
    await other.close();
  });

  it('have metrics rendered one at a time, also for scrapes that close before they come', async () => {
    const metrics = new Metrics();
    const { registry } = metrics;
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const render = registry.metrics.bind(registry);
    let renders = 0;
    registry.metrics = async () => {
      renders++;
      await released;
      return render();
    };
    const other = await serveProbes('127.0.0.1:0', metrics, silentLogger);
    for (let i = 0; i < 20; i++) {
      const gone = new AbortController();
      const scrape = fetch(`http://${other.address}/metrics`, { signal: gone.signal });
      setTimeout(() => gone.abort(), 20);
      await expect(scrape).rejects.toThrow();
    }
    expect(renders).toBe(1);
    release();
    expect((await fetch(`http://${other.address}/metrics`)).status).toBe(200);
    await other.close();
  });

  it('answer no more than a number of requests that come over one connection at once', async () => {
    const socket = await dial('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2000));
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
    await once(socket, 'close');
    expect(text.match(/HTTP\/1.1 200/g)).toHaveLength(100);
  });

  it('say so where the event loop stands still', async () => {
    const until503 = `
      const { workerData } = require('node:worker_threads');
      const seen = new Int32Array(workerData.memory);
      const ask = async () => {
        for (;;) {
          const { status } = await fetch(workerData.url);
          Atomics.store(seen, 0, status);
          if (status === 503) return Atomics.notify(seen, 0);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      };
      void ask();`;
    const memory = new SharedArrayBuffer(4);
    const seen = new Int32Array(memory);
    const worker = new Worker(until503, {
      eval: true,
      workerData: { memory, url: `http://${port.address}/livez` },
    });
    await once(worker, 'online');
    await expect.poll(() => Atomics.load(seen, 0)).toBe(200);
    // Nothing of this process's event loop turns meanwhile.
    while (Atomics.load(seen, 0) === 200) Atomics.wait(seen, 0, 200, 1000);
    expect(Atomics.load(seen, 0)).toBe(503);
    await expect.poll(async () => (await get('/livez')).status).toBe(200);
    await worker.terminate();
  });

  it('cannot listen where another does', async () => {
    await expect(serveProbes(port.address, metrics, silentLogger)).rejects.toMatchObject({
      reason: 'CONFIG_INVALID',
    });
  });
});
