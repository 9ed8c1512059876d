import { EmbeddingEncoding } from '@triptych/protocol';
import { describe, expect, it } from 'vitest';
import { CallError } from '../call-error.js';
import { encodeBatch, type EncodeCall } from './encode-batch.js';

const overloaded = new CallError(8, 'full', { reason: 'OVERLOADED', violations: [], retryDelayMs: 1 });
const tooMany = new CallError(8, 'at most 3', { reason: 'BATCH_TOO_LARGE', violations: [] });
const stamp = { model: 'm', fingerprint: 'f', space: 's', device: 'cpu', precision: 'float32' };
const vector = {
  shape: [1],
  raw: Buffer.alloc(4),
  encoding: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32,
};
const failed = (reason: string, retryable: boolean) => ({
  error: { code: 14, reason, message: reason, field: '', retryable },
});
const retry = { firstWaitMs: 1, maxAttempts: 4 };

function encode(items: readonly string[], call: EncodeCall<string>, limit = { items: 100, bytes: 1e6 }) {
  return encodeBatch(items, call, { limit, retry, signal: new AbortController().signal });
}

describe('a batch', () => {
  it('is halved until the server takes it, and so are those after it', async () => {
    const sizes: number[] = [];
    const limit = { items: 100, bytes: 1e6 };
    const { results } = await encode(
      [...'abcdefghij'],
      async (items) => {
        sizes.push(items.length);
        if (items.length > 3) throw tooMany;
        return { stamp, results: items.map((id) => ({ embedding: vector, id })) };
      },
      limit,
    );
    expect(results.map((result) => (result as { id?: string }).id).join('')).toBe('abcdefghij');
    expect(sizes).toEqual([10, 5, 3, 2, 5, 3, 2]);
    expect(limit.items).toBe(3);
  });

  it('fails where its calls are answered by two models', async () => {
    let calls = 0;
    const call = async (items: readonly string[]) => {
      const results = items.map((item) =>
        item === 'b' && calls === 0 ? failed('WORKER_LOST', true) : { embedding: vector },
      );
      return { stamp: { ...stamp, fingerprint: `f${calls++}` }, results };
    };
    await expect(encode([...'abc'], call)).rejects.toMatchObject({ code: 9, message: /from f0 to f1/ });
    expect(calls).toBe(2);
  });

  it('of one item that is too large has an error in its place', async () => {
    const { results } = await encode(['x'], () => Promise.reject(tooMany));
    expect(results).toMatchObject([{ error: { reason: 'BATCH_TOO_LARGE', retryable: false } }]);
  });

  it('is sent again while the server asks for it, and no more often than is allowed', async () => {
    let calls = 0;
    const call = () => (calls++, Promise.reject(overloaded));
    await expect(encode(['x'], call)).rejects.toBe(overloaded);
    expect(calls).toBe(4);
  });

  it('fails at once where another attempt would fail, too', async () => {
    let calls = 0;
    const denied = new CallError(7, 'no', { reason: 'METHOD_DENIED', violations: [] });
    await expect(encode(['x'], () => (calls++, Promise.reject(denied)))).rejects.toBe(denied);
    expect(calls).toBe(1);
  });

  it('sends again only the items that may succeed later', async () => {
    const seen: string[] = [];
    const { results } = await encode(['a', 'b', 'c'], async (items) => {
      seen.push(items.join(''));
      return {
        stamp,
        results: items.map((item) =>
          item === 'b' && seen.length < 3
            ? failed('WORKER_LOST', true)
            : item === 'c'
              ? failed('IMAGE_CORRUPT', false)
              : { embedding: vector },
        ),
      };
    });
    expect(seen).toEqual(['abc', 'b', 'b']);
    expect(results.map(({ error }) => error?.reason)).toEqual([undefined, undefined, 'IMAGE_CORRUPT']);
  });
});
