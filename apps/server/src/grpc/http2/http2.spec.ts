import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientSessionOptions, connect, constants } from 'node:http2';
import { promisify } from 'node:util';
import { Client, compressionAlgorithms, credentials, type ServiceError } from '@grpc/grpc-js';
import { CallError, fromGrpc } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, type TestServer } from '../../testing/harness.js';
import { framed, streamHeaders } from '../../testing/raw-stream.js';
import { CONNECTION_WINDOW, CROWDED_STREAM_WINDOW, MANY_STREAMS, STREAM_WINDOW } from './flow-control.js';

/** Connections that are open, at either end. */
const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

let test: TestServer;
let idleSockets: number;
beforeAll(async () => {
  test = await serveDemo({ maxMessageBytes: 100_000 });
  idleSockets = sockets();
});
afterAll(() => test.close());

const whole = (bytes: Buffer) => bytes;

/** How a call of raw bytes fails. */
async function failure(path: string, message: Buffer, options = {}): Promise<CallError> {
  const client = new Client(test.server.address, credentials.createInsecure(), options);
  try {
    return await new Promise((resolve, reject) =>
      client.makeUnaryRequest(path, whole, whole, message, (error: ServiceError | null) =>
        error ? resolve(fromGrpc(error)) : reject(new CallError(0, 'it was answered', undefined)),
      ),
    );
  } finally {
    client.close();
  }
}

/** How a call fails whose headers and first message are these bytes. */
async function rawFailure(headers: Record<string, string>, body: Buffer): Promise<Record<string, unknown>> {
  return withSession(async (session) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/triptych.v1.Models/List',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let found: Record<string, unknown> = {};
    for (const event of ['response', 'trailers'] as const)
      stream.on(event, (fields: Record<string, unknown>) => (found = { ...found, ...fields }));
    stream.resume().end(body);
    await once(stream, 'close');
    return found;
  });
}

async function withSession<T>(
  use: (session: ClientHttp2Session) => Promise<T>,
  options: ClientSessionOptions = {},
): Promise<T> {
  const session = connect(`http://${test.server.address}`, options);
  try {
    return await use(session);
  } finally {
    session.close();
  }
}

describe('a connection', () => {
  it('may send more than HTTP/2 begins with before it is read', async () => {
    await withSession(async (session) => {
      await expect.poll(() => session.remoteSettings.initialWindowSize).toBe(STREAM_WINDOW);
      await expect.poll(() => session.state.remoteWindowSize).toBe(CONNECTION_WINDOW);
    });
  });
});

describe('a connection with many streams', () => {
  it('has narrower windows for them, until few are left', async () => {
    await withSession(async (session) => {
      const open = () => session.request(streamHeaders);
      const window = () => session.remoteSettings.initialWindowSize;
      const streams = Array.from({ length: MANY_STREAMS }, open);
      await once(session, 'remoteSettings');
      // What is answered shows that the server has seen all that came before.
      await new Promise((resolve) => session.ping(resolve));
      expect(window()).toBe(STREAM_WINDOW);
      streams.push(open());
      await expect.poll(window).toBe(CROWDED_STREAM_WINDOW);
      for (const stream of streams) stream.close();
      await expect.poll(window).toBe(STREAM_WINDOW);
    });
  });
});

describe('a call whose headers are too long', () => {
  const headers = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };
  /** How it ends, and what becomes of another stream of its connection. */
  async function beside(values: readonly string[]): Promise<{ rstCode: number; other: 'lives' | 'ended' }> {
    const session = connect(`http://${test.server.address}`, { maxSendHeaderBlockLength: 2 ** 24 });
    session.on('error', () => undefined);
    // The server holds a client to what it was told, once it knows that it was.
    await once(session, 'remoteSettings');
    await new Promise<void>((resolve) => session.ping(() => resolve()));
    const other = session.request(streamHeaders);
    other.on('error', () => undefined);
    const long = session.request({
      ...headers,
      ':path': '/triptych.v1.Models/List',
      ...Object.fromEntries(values.map((value, i) => [`x-${i}`, value])),
    });
    await new Promise((resolve) =>
      long
        .on('error', () => undefined)
        .resume()
        .once('close', resolve)
        .end(),
    );
    // The connection answers, or has ended.
    await new Promise<void>((resolve) => {
      session.once('close', resolve);
      if (session.destroyed || !session.ping(() => resolve())) resolve();
    });
    const found = { rstCode: long.rstCode ?? 0, other: other.destroyed ? 'ended' : 'lives' } as const;
    session.destroy();
    return found;
  }

  it('is known to clients beforehand', async () => {
    await withSession(async (session) => {
      await expect.poll(() => session.remoteSettings.maxHeaderListSize).toBe(64 * 1024);
    });
  });

  it('ends alone', async () => {
    const { NGHTTP2_ENHANCE_YOUR_CALM } = constants;
    for (const values of [Array(7).fill('~'.repeat(10_000)), ['~'.repeat(60_000), '~'.repeat(60_000)]])
      expect(await beside(values as string[])).toEqual({
        rstCode: NGHTTP2_ENHANCE_YOUR_CALM,
        other: 'lives',
      });
  });

  // What Node cannot be told: docs/decisions/http2.md. It breaks where it can.
  it.each([
    ['one value is longer than nghttp2 decodes', [70_000]],
    ['they take more frames than nghttp2 follows', Array<number>(20).fill(15_000)],
  ])('ends its connection where %s', async (_what, lengths) => {
    expect(await beside(lengths.map((length) => '~'.repeat(length)))).toMatchObject({ other: 'ended' });
    // And is not kept until a keepalive ping goes unanswered.
    await expect.poll(sockets, { timeout: 30_000 }).toBe(idleSockets);
  });
});

describe('a connection whose streams are reset', () => {
  /** Streams that the server has taken. */
  const opened = async (session: ClientHttp2Session, count: number) => {
    const streams = Array.from({ length: count }, () => session.request(streamHeaders));
    for (const stream of streams) stream.on('error', () => undefined).write(Buffer.alloc(5));
    await new Promise<void>((resolve) => session.ping(() => resolve()));
    return streams;
  };
  it('is to be followed by another, while calls that are open on it go on', async () => {
    await withSession(async (session) => {
      const call = session.request({ ...streamHeaders, ':path': '/triptych.v1.Models/List' });
      const asked = once(session, 'goaway');
      for (const stream of await opened(session, 700)) stream.close(constants.NGHTTP2_CANCEL);
      expect((await asked)[0]).toBe(constants.NGHTTP2_NO_ERROR);
      const trailers = once(call, 'trailers');
      call.resume().end(Buffer.alloc(5));
      expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' });
    });
  });

  it('is cut without harm when a thousand are reset at once', async () => {
    // From another process they arrive together: what nghttp2 reads must not be taken from it meanwhile.
    const client = `
      import { once } from 'node:events';
      import { connect } from 'node:http2';
      for (let round = 0; round < 5; round++) {
        const session = connect('http://${test.server.address}').on('error', () => undefined);
        const streams = Array.from({ length: 1000 }, () => session.request(${JSON.stringify(streamHeaders)}));
        for (const stream of streams) stream.on('error', () => undefined).resume();
        // Until each has its handler.
        await new Promise((resolve) => setTimeout(resolve, 300));
        const closed = once(session, 'close');
        for (const stream of streams) stream.close(${constants.NGHTTP2_CANCEL});
        await closed;
      }`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', client]);
    await expect.poll(sockets).toBe(idleSockets);
  });

  it('has its other streams fail where it is cut, those that wait to send among them', async () => {
    // No answer can be sent: handlers wait, and streams are not read on.
    await withSession(
      async (session) => {
        session.on('error', () => undefined);
        const format = { encoding: 1, sampleRateHz: 16_000 };
        const chunk = framed({ chunk: { data: Buffer.alloc(STREAM_WINDOW / 4) } });
        const ends = Array.from({ length: 20 }, async () => {
          const stream = session.request(streamHeaders).on('error', () => undefined);
          stream.write(framed({ config: { format, windowMs: 1000, context: 2 } }));
          for (let i = 0; i < 20; i++) stream.write(chunk);
          await new Promise<void>((resolve) => stream.once('close', resolve));
          return stream.rstCode;
        });
        for (const stream of await opened(session, 930)) stream.close(constants.NGHTTP2_CANCEL);
        expect(await Promise.all(ends)).toEqual(ends.map(() => constants.NGHTTP2_ENHANCE_YOUR_CALM));
      },
      { settings: { initialWindowSize: 0 } },
    );
    await expect.poll(sockets).toBe(idleSockets);
  });

  it('is cut where it goes on, and leaves nothing behind', async () => {
    await withSession(async (session) => {
      session.on('error', () => undefined);
      const closed = once(session, 'close');
      for (let batch = 0; batch < 2; batch++)
        for (const stream of await opened(session, 990).catch(() => []))
          stream.close(constants.NGHTTP2_CANCEL);
      await closed;
    });
    await expect.poll(sockets).toBe(idleSockets);
  });
});

describe('streams that are reset with an error', () => {
  it.each([
    ['before they are opened', 900, {}],
    ['while they are open', 3, {}],
    ['after they were refused', 3, { 'content-type': 'text/plain' }],
  ])('end nobody else’s calls: %s', async (_what, count, more) => {
    await withSession(async (session) => {
      const streams = Array.from({ length: count }, () => session.request({ ...streamHeaders, ...more }));
      for (const stream of streams) stream.on('error', () => undefined).resume();
      if (count < 10) await new Promise<void>((resolve) => session.ping(() => resolve()));
      for (const stream of streams.slice(0, 450)) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      await new Promise<void>((resolve) => session.ping(() => resolve()));
      // An error that nobody hears fails the run of these tests, and would end the server.
      expect(await test.client.listModels()).not.toHaveLength(0);
      for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
    });
  });
});

describe('a call that fails before a handler has it', () => {
  it.each([
    ['of an unknown method', '/triptych.v1.Models/Forget', Buffer.alloc(0), 12, 'NOT_IMPLEMENTED'],
    ['of a path that is no URI', '/%zz', Buffer.alloc(0), 12, 'NOT_IMPLEMENTED'],
    ['of an unknown service', '/anything.v1/Do', Buffer.alloc(0), 12, 'NOT_IMPLEMENTED'],
    [
      'with a message that is too large',
      '/triptych.v1.Models/List',
      Buffer.alloc(100_001),
      8,
      'MESSAGE_TOO_LARGE',
    ],
  ])('has details: %s', async (_what, path, message, code, reason) => {
    expect(await failure(path, message)).toMatchObject({ code, details: { reason, violations: [] } });
  });

  it('has them where a message grows beyond the limit once it is decompressed', async () => {
    const gzip = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip };
    const found = await failure('/triptych.v1.Models/List', Buffer.alloc(1_000_000), gzip);
    expect(found).toMatchObject({ code: 8, details: { reason: 'MESSAGE_TOO_LARGE' } });
  });

  it.each([
    ['a broken timeout', { 'grpc-timeout': 'soon' }, Buffer.alloc(5), '13', 'PROTOCOL_ERROR'],
    [
      'a broken gzip body',
      { 'grpc-encoding': 'gzip' },
      Buffer.from([1, 0, 0, 0, 2, 7, 7]),
      '13',
      'PROTOCOL_ERROR',
    ],
    [
      'an unknown compression',
      { 'grpc-encoding': 'zip' },
      Buffer.from([1, 0, 0, 0, 1, 7]),
      '12',
      'NOT_IMPLEMENTED',
    ],
  ])('has them for %s', async (_what, headers, body, code, reason) => {
    const found = await rawFailure(headers, body);
    expect(found['grpc-status']).toBe(code);
    const details = Buffer.from(String(found['grpc-status-details-bin']), 'base64').toString('latin1');
    expect(details).toContain(reason);
  });
});
