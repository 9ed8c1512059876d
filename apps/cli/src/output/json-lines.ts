import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import type { EncodedVector } from '../encode/encoded-vector.js';
import type { VectorWriter } from './vector-writer.js';

/** What a vector stands for, in the fields of JSON; those that it does not have are left out. */
export function placeOf({ source, text, window, startS, endS, shape }: EncodedVector) {
  return { source, text, window, start_s: startS, end_s: endS, shape };
}

/** One JSON object a line: source, shape, embedding; text of texts, window, start_s and end_s of audio. */
export function jsonLines(target: Writable | string): VectorWriter {
  const stream = typeof target === 'string' ? createWriteStream(target) : target;
  return {
    async write(vector: EncodedVector) {
      const line = { ...placeOf(vector), embedding: Array.from(vector.values) };
      if (!stream.write(`${JSON.stringify(line)}\n`)) await once(stream, 'drain');
    },
    async close() {
      if (typeof target !== 'string') return;
      stream.end();
      await once(stream, 'finish');
    },
  };
}
