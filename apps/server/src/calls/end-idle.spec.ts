import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { TriptychClient } from '@triptych/client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Flags } from '../config/read-config.js';
import { demoClip, RATE, serveDemo, speech, type TestServer } from '../testing/harness.js';
import { metric } from '../testing/metric.js';
import { framed } from '../testing/raw-stream.js';

let test: TestServer;
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  await test.close();
});

const serve = async (flags: Flags) => {
  test = await serveDemo({ metricsListen: '127.0.0.1:0', ...flags });
};

function session(): ClientHttp2Session {
  const opened = connect(`http://${test.server.address}`);
  opened.on('error', () => undefined);
  sessions.push(opened);
  return opened;
}

/** A call that sends nothing but its headers. */
function open(on: ClientHttp2Session, path: string): ClientHttp2Stream {
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = on.request(headers);
  stream.on('error', () => undefined);
  return stream;
}

/** Its status, once there is one. */
function statusOf(stream: ClientHttp2Stream): Promise<unknown> {
  stream.resume();
  return new Promise((resolve) => {
    const read = (headers: Record<string, unknown>) => {
      if (headers['grpc-status'] !== undefined) resolve(headers['grpc-status']);
    };
    stream.on('response', read);
    stream.on('trailers', read);
  });
}

const format = { encoding: 1 as const, sampleRateHz: RATE };

describe('a call without a message', () => {
  it('ends after the time that the settings say, with a reason, and makes room', async () => {
    await serve({ idleMs: 300 });
    const on = session();
    for (const method of ['AudioEncoder/EncodeStream', 'ImageEncoder/EncodeStream', 'AudioEncoder/Encode'])
      expect(await statusOf(open(on, `/triptych.v1.${method}`))).toBe('14');
    const stream = test.client.streamAudio();
    stream.configure({ format, windowMs: 500 });
    const answers = stream[Symbol.asyncIterator]();
    expect((await answers.next()).value).toHaveProperty('ready');
    await expect(answers.next()).rejects.toMatchObject({
      code: 14,
      details: { reason: 'CALL_IDLE' },
      message: expect.stringContaining('no message came or went for 0.3 s') as string,
    });
    // A scrape may be answered by what an earlier one found: rendering is bounded.
    await expect.poll(() => metric(test, 'triptych_calls_ended_total{reason="idle"}')).toBe(4);
    await expect.poll(() => metric(test, 'triptych_open_calls')).toBe(0);
  });

  it('goes on while messages come, however few', async () => {
    await serve({ idleMs: 1500 });
    const stream = test.client.streamAudio();
    stream.configure({ format, windowMs: 500 });
    const pcm = speech('pizza-a');
    for (let i = 0; i < 6; i++) {
      await stream.send(pcm.subarray(3200 * i, 3200 * (i + 1)));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    stream.finish();
    const answers = [];
    for await (const answer of stream) answers.push(answer);
    expect(answers.at(-1)).toHaveProperty('summary');
  });
});

describe('messages that never end', () => {
  it('are read up to their caller’s part of all bytes, and keep nobody else out', async () => {
    await serve({ queueBytes: 16 * 1024 * 1024, maxMessageBytes: 8 * 1024 * 1024 });
    const on = session();
    const statuses: unknown[] = [];
    const head = Buffer.alloc(5);
    head.writeUInt32BE(7 * 1024 * 1024, 1);
    for (let i = 0; i < 20; i++) {
      const stream = open(on, '/triptych.v1.ImageEncoder/EncodeStream');
      void statusOf(stream).then((status) => statuses.push(status));
      stream.write(Buffer.concat([head, Buffer.alloc(1024 * 1024)]));
    }
    // They wait for room first, but nothing that is complete would make any.
    await expect.poll(() => statuses.length).toBeGreaterThanOrEqual(10);
    expect(new Set(statuses)).toEqual(new Set(['8']));
    expect(await metric(test, 'triptych_admitted_bytes')).toBeLessThanOrEqual(12 * 1024 * 1024);
    expect(await metric(test, 'triptych_admitted_bytes')).toBeGreaterThan(4 * 1024 * 1024);
    const clips = [{ format, data: speech('pizza-a').subarray(0, 32_000) }];
    expect((await test.client.encodeAudio({ clips })).results[0].error).toBeFalsy();
    on.destroy();
    await expect.poll(() => metric(test, 'triptych_admitted_bytes'), { timeout: 5000 }).toBe(0);
  });
});

describe('streams that send more than their caller may hold', () => {
  it('wait for room, and all of them are answered', async () => {
    await serve({ models: [demoClip], queueBytes: 16 * 1024 * 1024, maxMessageBytes: 8 * 1024 * 1024 });
    const answered = async () => {
      const stream = test.client.streamImages();
      stream.configure({});
      for (let id = 0; id < 3; id++)
        await stream.send(id, [{ id: 'rubbish', encoded: Buffer.alloc(3 * 1024 * 1024) }]);
      stream.finish();
      let results = 0;
      for await (const { result } of stream) results += result?.results.length ?? 0;
      return results;
    };
    expect(await Promise.all(Array.from({ length: 20 }, answered))).toEqual(Array<number>(20).fill(3));
    await expect.poll(() => metric(test, 'triptych_admitted_bytes')).toBe(0);
  });
});

describe('an answer that is not read', () => {
  it('ends its call after a time, and keeps further calls of its caller out, no others', async () => {
    await serve({ unreadMs: 1000, unreadBytes: 100_000 });
    const clips = [{ format, data: speech('pizza-a').subarray(0, 3200) }];
    const client = new TriptychClient(test.server.address, { ownConnections: true });
    const message = encodeRequest();
    const on = session();
    const stream = open(on, '/triptych.v1.AudioEncoder/Encode');
    stream.end(message);
    await expect
      .poll(() => metric(test, 'triptych_unread_bytes'), { timeout: 10_000 })
      .toBeGreaterThan(100_000);
    expect(await statusOf(open(on, '/triptych.v1.Models/List'))).toBe('8');
    expect((await client.encodeAudio({ clips })).results[0].error).toBeFalsy();
    await expect.poll(() => stream.rstCode, { timeout: 10_000 }).toBe(11);
    await expect.poll(() => metric(test, 'triptych_unread_bytes'), { timeout: 5000 }).toBe(0);
    expect(await metric(test, 'triptych_calls_ended_total{reason="unread"}')).toBe(1);
    client.close();
  });
});

/** Five clips of a tenth of a second, answered with a vector for each frame: more than a client takes that does not read. */
function encodeRequest(): Buffer {
  const clips = Array.from({ length: 5 }, () => ({ format, data: Buffer.alloc(3200, 1) }));
  return framed({ clips, options: { pooling: 6 } }, 'Encode');
}
