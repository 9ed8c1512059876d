import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { AudioEncoding } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demoClip,
  demoModel,
  picture,
  serveDemo,
  speech,
  streamAll,
  type TestServer,
} from '../testing/harness.js';

let demo: TestServer;
beforeAll(async () => {
  demo = await serveDemo({ models: [demoModel, demoClip], metricsListen: '127.0.0.1:0' });
});
afterAll(() => demo.close());

const get = (path: string) => fetch(`http://${demo.server.metricsAddress}${path}`);

/** The value of a series; NaN where there is none. */
async function metric(series: string): Promise<number> {
  const lines = (await (await get('/metrics')).text()).split('\n');
  const line = lines.find((line) => line.startsWith(`${series} `));
  return line === undefined ? NaN : Number(line.slice(series.length + 1));
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('metrics', () => {
  it('have what is in work at every scrape', async () => {
    const all = (await (await get('/metrics')).text()).match(/^triptych_admitted_items\{.*$/gm);
    expect(all?.length).toBeGreaterThan(0);
    const again = (await (await get('/metrics')).text()).match(/^triptych_admitted_items\{.*$/gm);
    expect(again).toEqual(all);
  });

  it('count what clients did', async () => {
    const method = '/triptych.v1.ImageEncoder/Encode';
    const images = ['pizza', 'volcano', 'cherries'].map((name) => ({ encoded: picture(name) }));
    await demo.client.encodeImages({ images });
    await demo.client.encodeImages({ images: [] }).catch(() => undefined);
    expect(await metric(`triptych_calls_total{method="${method}",code="OK"}`)).toBe(1);
    expect(await metric(`triptych_calls_total{method="${method}",code="INVALID_ARGUMENT"}`)).toBe(1);
    expect(await metric(`triptych_calls_in_flight{method="${method}"}`)).toBe(0);
    expect(await metric(`triptych_batch_items_sum{encoder="demo-clip/image"}`)).toBe(3);
    expect(await metric(`triptych_queue_wait_seconds_count{encoder="demo-clip/image"}`)).toBe(3);
    expect(await metric(`triptych_preprocess_seconds_count{modality="image"}`)).toBe(3);
    const bytes = images.reduce((sum, { encoded }) => sum + encoded.length, 0);
    const received = await metric(`triptych_message_bytes_total{method="${method}",direction="received"}`);
    expect(received).toBeGreaterThan(bytes);
    expect(received).toBeLessThan(bytes + 100);
  });

  it('say how late windows are, and how much of what is encoded is silence', async () => {
    const pcm = speech('pizza-a').subarray(0, 32_000);
    const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: 16_000 };
    await streamAll(demo.client, { format, windowMs: 500 }, pcm, [3200]);
    expect(await metric('triptych_window_lag_seconds_count')).toBe(2);
    expect(await metric('triptych_audio_seconds_total{kind="audio"}')).toBeCloseTo(pcm.length / 32_000, 5);
    expect(await metric('triptych_audio_seconds_total{kind="padding"}')).toBeGreaterThan(1);
  });

  it('say what is served, and how the process is', async () => {
    const text = await (await get('/metrics')).text();
    expect(text).toMatch(
      /triptych_model_info\{model="demo-clip",architecture="clip",weight_type="float32",.*\} 1/,
    );
    expect(await metric('triptych_encoder_ready{encoder="demo-whisper/audio"}')).toBe(1);
    expect(await metric('triptych_worker_restarts{encoder="demo-whisper/audio"}')).toBe(0);
    expect(await metric('triptych_queue_items{encoder="demo-whisper/audio"}')).toBe(0);
    expect(await metric('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(await metric('process_resident_memory_bytes')).toBeGreaterThan(1e7);
  });

  it('are those that docs/operations.md lists', async () => {
    const page = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `triptych_'));
    const listed = rows.flatMap((row) => [...row.matchAll(/`(triptych_\w+)/g)].map(([, name]) => name));
    const text = await (await get('/metrics')).text();
    const served = [...text.matchAll(/^# TYPE (triptych_\w+) /gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(served.sort());
  });
});

describe('probes', () => {
  it('answer over HTTP, and nothing else does', async () => {
    expect((await get('/livez')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/')).status).toBe(404);
    expect((await fetch(`http://${demo.server.metricsAddress}/metrics`, { method: 'POST' })).status).toBe(
      405,
    );
  });

  it('are alive and not ready while models load', async () => {
    const metricsListen = `127.0.0.1:${await freePort()}`;
    const starting = serveDemo({ metricsListen });
    const status = (path: string) =>
      fetch(`http://${metricsListen}${path}`).then(
        (response) => response.status,
        () => undefined,
      );
    await expect.poll(() => status('/livez'), { interval: 1 }).toBe(200);
    expect(await status('/readyz')).toBe(503);
    const served = await starting;
    expect(await status('/readyz')).toBe(200);
    await served.close();
  });

  it('are not ready while a worker is being replaced', async () => {
    const [model] = demo.server.models.models;
    const killed = model.audio?.encoder.worker.kill();
    await expect.poll(async () => (await get('/readyz')).status, { interval: 2 }).toBe(503);
    await killed;
    await expect.poll(async () => (await get('/readyz')).status).toBe(200);
    expect(await metric('triptych_worker_restarts{encoder="demo-whisper/audio"}')).toBe(1);
  });
});
