import { describe, expect, it } from 'vitest';
import { sampleFormats } from './sample-formats.js';

/** More than what is copied at a time, and no multiple of it. */
const SAMPLES = 70_001;

const made = {
  s16le: Int16Array.from({ length: SAMPLES }, (_, i) => (i * 7919) % 32768),
  s32le: Int32Array.from({ length: SAMPLES }, (_, i) => i * 65_537 - 2 ** 31),
  f32le: Float32Array.from({ length: SAMPLES }, (_, i) => Math.sin(i)),
  f64le: Float64Array.from({ length: SAMPLES }, (_, i) => Math.cos(i)),
};
const fullScale = { s16le: 2 ** 15, s32le: 2 ** 31, f32le: 1, f64le: 1 };

describe.each(['s16le', 's32le', 'f32le', 'f64le'] as const)('samples of %s', (name) => {
  const expected = Float32Array.from(made[name], (value) => value / fullScale[name]);
  const bytes = new Uint8Array(made[name].buffer);

  it.each([0, 1, 2, 3, 4, 6])('are read where they lie %i bytes off', (offset) => {
    const moved = new Uint8Array(offset + bytes.length);
    moved.set(bytes, offset);
    const samples = sampleFormats[name].read(moved.subarray(offset));
    expect(Buffer.compare(Buffer.from(samples.buffer), Buffer.from(expected.buffer))).toBe(0);
  });

  it('are none where there are no bytes', () => {
    expect(sampleFormats[name].read(bytes.subarray(0, 0))).toHaveLength(0);
  });

  it('have nothing in common with the bytes that they were read from', () => {
    const copy = bytes.slice();
    const samples = sampleFormats[name].read(copy);
    copy.fill(0);
    expect(samples).toEqual(expected);
  });
});
