import type { PackageDefinition } from '@grpc/proto-loader';
import { describe, expect, it } from 'vitest';
import { loadWirePackage } from './load.js';
import { loadPublishedPackage } from './published-files.js';
import { decodeStatus, encodeStatus } from './rich-status.js';

interface Method {
  requestSerialize(message: object): Buffer;
  requestDeserialize(bytes: Buffer): { texts: unknown };
  responseSerialize(message: object): Buffer;
  responseDeserialize(bytes: Buffer): { results: { embedding: { values: unknown } }[] };
}

const method = (api: PackageDefinition, service: string) =>
  (api[`triptych.v1.${service}`] as unknown as { Encode: Method }).Encode;

describe('the wire package', () => {
  it('writes and reads the very bytes of the published one', () => {
    const values = Float32Array.of(1, -2.5, 3e-8);
    const message = (v: unknown) => ({
      results: [{ id: 'a', embedding: { values: v, shape: [3], encoding: 1 } }],
    });
    const published = method(loadPublishedPackage(), 'AudioEncoder').responseSerialize(message([...values]));
    const wire = method(loadWirePackage('server'), 'AudioEncoder');
    expect(wire.responseSerialize(message(Buffer.from(values.buffer)))).toEqual(published);
    const [{ embedding }] = wire.responseDeserialize(published).results;
    expect([...new Float32Array(new Uint8Array(embedding.values as Buffer).buffer)]).toEqual([...values]);
  });

  it('gives a server the bytes of texts', () => {
    const sent = method(loadWirePackage('client'), 'TextEncoder').requestSerialize({
      texts: ['one', 'zwölf'],
    });
    expect(sent).toEqual(
      method(loadPublishedPackage(), 'TextEncoder').requestSerialize({ texts: ['one', 'zwölf'] }),
    );
    const { texts } = method(loadWirePackage('server'), 'TextEncoder').requestDeserialize(sent);
    expect(texts).toEqual([Buffer.from('one'), Buffer.from('zwölf')]);
  });
});

describe('a rich status', () => {
  it('comes back as it was written', () => {
    const details = {
      reason: 'OVERLOADED',
      violations: [{ field: 'clips[1].data', description: 'zu groß' }],
      retryDelayMs: 1250,
    };
    expect(decodeStatus(encodeStatus(8, 'full', details))).toEqual(details);
    expect(decodeStatus(Uint8Array.of(1, 2, 3))).toBeUndefined();
  });
});
