import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import type { EncodedWindow } from '../encode/encode-source.js';
import type { VectorWriter } from './vector-writer.js';

/** One JSON object a line: source, window, start_s, end_s, shape, embedding. */
export function jsonLines(target: Writable | string): VectorWriter {
  const stream = typeof target === 'string' ? createWriteStream(target) : target;
  return {
    async write({ source, window, startS, endS, shape, values }: EncodedWindow) {
      const line = { source, window, start_s: startS, end_s: endS, shape, embedding: Array.from(values) };
      if (!stream.write(`${JSON.stringify(line)}\n`)) await once(stream, 'drain');
    },
    async close() {
      if (typeof target !== 'string') return;
      stream.end();
      await once(stream, 'finish');
    },
  };
}
