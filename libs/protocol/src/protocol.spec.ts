import { describe, expect, it } from 'vitest';
import { loadPublishedPackage, loadWirePackage } from './load.js';
import { decodeStatus, encodeStatus } from './rich-status.js';

interface Method {
  responseSerialize(message: object): Buffer;
  responseDeserialize(bytes: Buffer): { results: { embedding: { values: unknown } }[] };
}

const encode = (load: typeof loadWirePackage) =>
  (load()['triptych.v1.AudioEncoder'] as unknown as { Encode: Method }).Encode;

describe('the wire package', () => {
  it('writes and reads the very bytes of the published one', () => {
    const values = Float32Array.of(1, -2.5, 3e-8);
    const message = (v: unknown) => ({
      results: [{ id: 'a', embedding: { values: v, shape: [3], encoding: 1 } }],
    });
    const published = encode(loadPublishedPackage).responseSerialize(message([...values]));
    const wire = encode(loadWirePackage).responseSerialize(message(Buffer.from(values.buffer)));
    expect(wire).toEqual(published);
    const [{ embedding }] = encode(loadWirePackage).responseDeserialize(published).results;
    expect([...new Float32Array(new Uint8Array(embedding.values as Buffer).buffer)]).toEqual([...values]);
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
