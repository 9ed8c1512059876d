import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readFrames, sendFrame } from './frames.js';

/** What is read of these chunks, of frames of 1000 bytes at most. */
async function read(chunks: readonly Uint8Array[]): Promise<{ frames: string[]; broken: unknown[] }> {
  const pipe = new PassThrough();
  const [frames, broken]: [string[], unknown[]] = [[], []];
  const hear = (frame: Buffer) => {
    if (frame.toString() === 'refuse') throw new TypeError('refused');
    frames.push(frame.toString());
  };
  readFrames(pipe, 1000, hear, (why) => broken.push(why));
  for (const chunk of chunks) pipe.write(chunk);
  await new Promise((resolve) => setImmediate(resolve));
  return { frames, broken };
}

function sent(...texts: string[]): Buffer {
  const pipe = new PassThrough();
  for (const text of texts) sendFrame(pipe, Buffer.from(text));
  return pipe.read() as Buffer;
}

const apart = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

describe('frames', () => {
  it.each([1, 3, 7, 10_000])('come as they were sent, in chunks of %i bytes', async (size) => {
    const texts = ['first', 'x'.repeat(1000), 'a', 'last'];
    expect(await read(apart(sent(...texts), size))).toEqual({ frames: texts, broken: [] });
  });

  it('wait until they are whole', async () => {
    expect(await read([sent('first', 'second').subarray(0, -1)])).toEqual({ frames: ['first'], broken: [] });
  });

  it.each([
    ['are longer than may be', 'x'.repeat(1001), RangeError],
    ['are refused', 'refuse', TypeError],
  ])('end with one that %s', async (_, text, error) => {
    const { frames, broken } = await read(apart(sent('first', text, 'last'), 50));
    expect(frames).toEqual(['first']);
    expect(broken).toEqual([expect.any(error)]);
  });

  it('end with an empty one', async () => {
    const { broken } = await read([Buffer.alloc(4)]);
    expect(broken).toEqual([expect.any(RangeError)]);
  });
});
