import { once } from 'node:events';
import { AudioEncoding, readEmbedding } from '@triptych/client';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { Flags } from '../../config/read-config.js';
import {
  demoModel,
  RATE,
  serveDemo,
  speech,
  streamAll,
  type TestServer,
  windowsOf,
} from '../../testing/harness.js';

let test: TestServer;
afterEach(() => test.close());

const serve = async (flags: Flags = {}) => {
  test = await serveDemo({ models: [demoModel], http: '127.0.0.1:0', ...flags });
};

const PATH = '/triptych.v1.AudioEncoder/EncodeStream';
interface Frame {
  readonly window?: { readonly index?: string; readonly embedding?: { readonly values: number[] } };
  readonly summary?: object;
  readonly ready?: object;
  readonly error?: { readonly reason: string };
}

/** A socket, what came, and how it was closed. */
function open(path = PATH, protocols: string[] = ['triptych.v1.json'], options: ClientOptions = {}) {
  const socket = new WebSocket(`ws://${test.server.httpAddress}${path}`, protocols, options);
  const frames: Frame[] = [];
  socket.on('message', (frame: Buffer, isBinary) =>
    frames.push(isBinary ? {} : (JSON.parse(frame.toString()) as Frame)),
  );
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const refused = new Promise<number>((resolve) =>
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0)),
  );
  return { socket, frames, closed, refused, opened: once(socket, 'open') };
}

const config = { format: { encoding: 'AUDIO_ENCODING_PCM_S16LE', sampleRateHz: RATE }, windowMs: 500 };
const chunk = (bytes: Uint8Array, sequence: number) =>
  JSON.stringify({ chunk: { data: Buffer.from(bytes).toString('base64'), sequence } });

describe('live audio over a WebSocket', () => {
  it('gives the windows of gRPC bit for bit, however it is cut', async () => {
    await serve();
    const pcm = speech('pizza-a');
    const { socket, frames, closed, opened } = open();
    await opened;
    socket.send(JSON.stringify({ config }));
    for (let at = 0, i = 0; at < pcm.length; at += 3001, i++)
      socket.send(chunk(pcm.subarray(at, at + 3001), i));
    socket.send('');
    expect(await closed).toBe(1000);
    const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE };
    const expected = windowsOf(await streamAll(test.client, { format, windowMs: 500 }, pcm));
    const windows = frames.flatMap(({ window }) => window ?? []);
    expect(windows.map(({ embedding }) => Float32Array.from(embedding!.values))).toEqual(
      expected.map(({ embedding }) => readEmbedding(embedding!).values),
    );
    expect([Object.keys(frames[0]), Object.keys(frames.at(-1)!)]).toEqual([['ready'], ['summary']]);
  });

  it('takes protobuf in binary frames, and answers so where that was asked for', async () => {
    await serve();
    const { socket, frames, closed, opened } = open(PATH, ['triptych.v1.proto']);
    await opened;
    // config { format { encoding: 1, sample_rate_hz: 16000 } }, and the end.
    socket.send(Buffer.from([0x0a, 7, 0x12, 5, 0x08, 1, 0x10, 0x80, 0x7d]));
    socket.send(Buffer.alloc(0));
    expect(await closed).toBe(1000);
    expect(frames).toEqual([{}, {}]);
  });

  it.each<[string, (string | Buffer)[], string]>([
    ['no JSON', ['hello'], 'MESSAGE_MALFORMED'],
    ['another message', ['{"windows":1}'], 'MESSAGE_MALFORMED'],
    ['no protobuf', [Buffer.from([0xff, 0xff])], 'MESSAGE_MALFORMED'],
    ['no config', [chunk(new Uint8Array(4), 0)], 'STREAM_NO_CONFIG'],
    ['a window of no length', [JSON.stringify({ config: { ...config, windowMs: 1 } })], 'WINDOW_INVALID'],
    ['a gap', [JSON.stringify({ config }), chunk(new Uint8Array(4), 7)], 'STREAM_SEQUENCE'],
    [
      'no audio',
      [JSON.stringify({ config: { format: { encoding: 4 } } }), chunk(Buffer.from('x'.repeat(99)), 0), ''],
      'AUDIO_CONTAINER_UNKNOWN',
    ],
  ])('ends with an error of its own for %s', async (_what, sent, reason) => {
    await serve();
    const { socket, frames, closed, opened } = open();
    await opened;
    for (const frame of sent) socket.send(frame);
    expect(await closed).toBe(1008);
    expect(frames.at(-1)?.error?.reason).toBe(reason);
  });

  it('is let in as a request is: by its origin, its path, and within limits', async () => {
    await serve({ httpOrigins: 'https://app.example' });
    expect(await open(PATH, [], { origin: 'https://evil.example' }).refused).toBe(403);
    expect(await open('/triptych.v1.TextEncoder/Encode').refused).toBe(404);
    const { opened, socket, closed } = open(PATH, [], { origin: 'https://app.example' });
    await opened;
    socket.close();
    expect(await closed).toBe(1005);
  });

  it('ends where nothing comes, and with the server', async () => {
    await serve({ idleMs: 300, drainMs: 200 });
    const idle = open();
    await idle.opened;
    expect(await idle.closed).toBe(1013);
    expect(idle.frames).toMatchObject([{ error: { reason: 'CALL_IDLE' } }]);
    const other = open();
    await other.opened;
    const drained = test.server.drain();
    expect(await other.closed).toBe(1013);
    expect(other.frames.at(-1)).toMatchObject({ error: { reason: 'DRAINING' } });
    await drained;
  });

  it('does not read ahead of what it computes, nor compute ahead of what is read', async () => {
    await serve({ keepaliveMs: 1000 });
    const { socket, opened } = open();
    await opened;
    socket.pause();
    socket.send(
      JSON.stringify({
        config: { ...config, windowMs: 100, hopMs: 10, options: { pooling: 'POOLING_NONE' } },
      }),
    );
    const minute = new Uint8Array(2 * RATE * 60);
    let sent = 0;
    for (; sent < 40 && socket.bufferedAmount < 30_000_000; sent++) {
      socket.send(chunk(minute.subarray(0, 500_000), sent));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // Most of it waits here: what the server took of it is its window, and what lies in sockets.
    expect(socket.bufferedAmount).toBeGreaterThan(10_000_000);
    // What says that the client is there lies behind it.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });
});
