import { Metadata } from '@grpc/grpc-js';
import { encodeStatus } from '@triptych/protocol';
import { describe, expect, it } from 'vitest';
import { fromGrpc } from './grpc-error.js';

describe('a failed call', () => {
  it('says what the server said of it', () => {
    const metadata = new Metadata();
    const violations = [{ field: 'images[1].encoded', description: 'not an image' }];
    metadata.set(
      'grpc-status-details-bin',
      encodeStatus(3, 'not an image', { reason: 'IMAGE_CORRUPT', violations }),
    );
    const error = Object.assign(new TypeError('3 INVALID_ARGUMENT'), {
      code: 3,
      details: 'not an image',
      metadata,
    });
    expect(fromGrpc(error)).toMatchObject({
      code: 3,
      message: 'not an image',
      details: { reason: 'IMAGE_CORRUPT', violations },
    });
  });

  it('has no details where the server sent none', () => {
    expect(fromGrpc(new TypeError('broken'))).toMatchObject({ code: 2, details: undefined });
  });
});
