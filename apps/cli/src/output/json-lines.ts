import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { EncodedVector } from '../encode/encoded-vector.js';
import { segmentFields } from '../transcribe/formats.js';
import { drained } from './drained.js';
import type { VectorWriter } from './vector-writer.js';

/** What a vector stands for and what made it, in the fields of JSON; those that it does not have are left out. */
export function placeOf({ source, text, transcript, window, startS, endS, identity, shape }: EncodedVector) {
  const { model, fingerprint, space, pooling, weightType } = identity;
  return {
    source,
    text,
    language: transcript?.language || undefined,
    segments: transcript?.segments.map((one) => segmentFields(one)),
    window,
    start_s: startS,
    end_s: endS,
    model,
    fingerprint,
    space,
    pooling,
    weight_type: weightType,
    dtype: 'float32',
    shape,
  };
}

/** Lines of JSON into a stream, or a file that they complete. */
export function lineWriter(target: Writable | string) {
  const stream = typeof target === 'string' ? createWriteStream(target) : target;
  // Whoever writes or closes is told.
  if (stream !== process.stdout) stream.on('error', () => undefined);
  return {
    async write(value: object) {
      if (stream.write(`${JSON.stringify(value)}\n`)) return;
      await drained(stream);
      if (stream.errored) throw stream.errored;
    },
    async close() {
      if (stream === process.stdout) return;
      stream.end();
      await finished(stream);
    },
  };
}

/** One JSON object a line: source, what made it, shape, embedding; text of texts, window, start_s and end_s of audio, and what is said in it. */
export function jsonLines(target: Writable | string): VectorWriter {
  const lines = lineWriter(target);
  return {
    begin: () => Promise.resolve(),
    write: (vector) => lines.write({ ...placeOf(vector), embedding: Array.from(vector.values) }),
    close: () => lines.close(),
  };
}
