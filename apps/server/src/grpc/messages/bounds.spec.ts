import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { decodeStatus } from '@triptych/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, demoModel, serveDemo, type TestServer } from '../../testing/harness.js';
import { metric } from '../../testing/metric.js';

const MIB = 1024 * 1024;
let test: TestServer;
let session: ClientHttp2Session;
beforeAll(async () => {
  test = await serveDemo({ models: [demoModel, demoClip], metricsListen: '127.0.0.1:0' });
  session = connect(`http://${test.server.address}`);
});
afterAll(() => {
  session.destroy();
  return test.close();
});

/** A message as it travels. */
function framed(bytes: Buffer, isCompressed = false): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = Number(isCompressed);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}
const zipped = (bytes: Buffer) => framed(gzipSync(bytes), true);

/** A call of raw bytes that compresses its messages. */
function open(path: string, over = session) {
  const stream = over.request({
    ':method': 'POST',
    ':path': `/${path}`,
    'content-type': 'application/grpc',
    'grpc-encoding': 'gzip',
    te: 'trailers',
  });
  stream.on('error', () => undefined);
  const ended = (async () => {
    let found: Record<string, string> = {};
    for (const event of ['response', 'trailers'] as const)
      stream.on(event, (fields: Record<string, string>) => (found = { ...found, ...fields }));
    stream.resume();
    await once(stream, 'end');
    const details = decodeStatus(Buffer.from(found['grpc-status-details-bin'] ?? '', 'base64'));
    return {
      code: Number(found['grpc-status']),
      reason: details?.reason,
      message: details?.violations[0]?.description ?? decodeURI(found['grpc-message'] ?? ''),
    };
  })();
  return { stream, ended };
}

async function call(path: string, ...messages: Buffer[]) {
  const { stream, ended } = open(path);
  stream.end(Buffer.concat(messages));
  return ended;
}

/** Empty elements of a field, so many that the objects of them would take gigabytes. */
const empties = (field: number) => Buffer.alloc(15 * MIB, Buffer.from([(field << 3) | 2, 0]));

describe('a small message of many items', () => {
  it.each([
    ['AudioEncoder/Encode', 2, '64 clips'],
    ['ImageEncoder/Encode', 2, '64 images'],
    ['TextEncoder/Encode', 2, '256 texts'],
    ['CrossModal/Similarity', 2, '1024 queries'],
    ['CrossModal/Rank', 3, '1024 candidates'],
    ['CrossModal/Classify', 3, '1024 labels'],
  ])('is refused before objects are made of it: %s', async (method, field, counted) => {
    const found = await call(`triptych.v1.${method}`, zipped(empties(field)));
    expect(found).toMatchObject({ code: 8, reason: 'BATCH_TOO_LARGE' });
    expect(found.message).toContain(`more than ${counted}`);
  });

  it('is refused within a stream, too', async () => {
    const batch = Buffer.concat([Buffer.from([0x12, 0x80, 0x80, 0xc0, 0x07]), empties(2)]);
    const found = await call(
      'triptych.v1.ImageEncoder/EncodeStream',
      framed(Buffer.from([0x0a, 0])),
      zipped(batch),
    );
    expect(found).toMatchObject({ code: 8, reason: 'BATCH_TOO_LARGE' });
    expect(found.message).toContain('more than 64 batch.images');
  });
});

describe('compressed messages', () => {
  /** A config, then an empty chunk with a field that this server does not know: it grows to 15 MiB. */
  const bomb = zipped(Buffer.concat([Buffer.from([0x4a, 0x80, 0x80, 0xc0, 0x07]), Buffer.alloc(15 * MIB)]));

  it('hold a bounded number of bytes that decompression added, of a connection', async () => {
    const streams = Array.from({ length: 12 }, () => open('triptych.v1.TextEncoder/Encode'));
    const refused: unknown[] = [];
    // There is room for two of them.
    await new Promise<void>((resolve) => {
      for (const { stream, ended } of streams) {
        // A whole message of a call that has not ended: its bytes stay.
        stream.write(bomb);
        void ended.then(({ reason }) => refused.push(reason) === 8 && resolve());
      }
    });
    expect(new Set(refused)).toEqual(new Set(['OVERLOADED']));
    const inflated = () => metric(test, 'triptych_inflated_bytes');
    expect(await inflated()).toBeGreaterThan(25 * MIB);
    expect(await inflated()).toBeLessThanOrEqual(32 * MIB);
    for (const { stream } of streams) stream.end();
    const all = await Promise.all(streams.map(({ ended }) => ended));
    expect(all.map(({ reason }) => reason)).toContain('BATCH_EMPTY');
    // What they held was given back when they ended.
    expect(await inflated()).toBe(0);
    for (let i = 0; i < 8; i++)
      expect(await call('triptych.v1.TextEncoder/Encode', bomb)).toMatchObject({ reason: 'BATCH_EMPTY' });
  });

  it('do not count where they are ordinary', async () => {
    const chunk = zipped(Buffer.concat([Buffer.from([0x4a, 0x80, 0x80, 0x80, 0x02]), randomBytes(4 * MIB)]));
    const streams = Array.from({ length: 20 }, () => open('triptych.v1.TextEncoder/Encode'));
    for (const { stream } of streams) stream.write(chunk);
    for (const { stream, ended } of streams) {
      stream.end();
      expect(await ended).toMatchObject({ reason: 'BATCH_EMPTY' });
    }
  });

  it('may be told in several parts, and not to be longer than they are', async () => {
    const [text, unknown] = [Buffer.from([0x12, 0x03, 0x0a, 0x01, 0x78]), Buffer.alloc(MIB)];
    unknown.set([0x4a, 0xfc, 0xff, 0x3f]);
    const parts = Buffer.concat([gzipSync(unknown), gzipSync(text)]);
    expect(await call('triptych.v1.TextEncoder/Encode', framed(parts, true))).toMatchObject({ code: 0 });
    const lie = gzipSync(text);
    for (const [told, code] of [
      [8 * MIB, 13],
      [2 ** 32 - 1, 8],
    ]) {
      lie.writeUInt32LE(told, lie.length - 4);
      expect(await call('triptych.v1.TextEncoder/Encode', framed(lie, true))).toMatchObject({ code });
    }
  });

  it('of a stream count until they are read', async () => {
    const { stream, ended } = open('triptych.v1.AudioEncoder/EncodeStream');
    const silence = Buffer.concat([
      Buffer.from([0x12, 0x84, 0x80, 0x40, 0x12, 0x80, 0x80, 0x40]),
      Buffer.alloc(MIB),
    ]);
    stream.write(framed(Buffer.from([0x0a, 0])));
    for (let i = 0; i < 100; i++) stream.write(zipped(silence));
    stream.end();
    // Read one by one: an unset format is what ends it, not their number.
    expect((await ended).reason).toBe('AUDIO_ENCODING_UNKNOWN');
  });

  it('are short where a method takes no content', async () => {
    const long = Buffer.alloc(MIB);
    for (const path of ['grpc.health.v1.Health/Check', 'triptych.v1.Models/Get'])
      for (const message of [framed(long), zipped(long)])
        expect(await call(path, message)).toMatchObject({ code: 8, reason: 'MESSAGE_TOO_LARGE' });
  });
});
