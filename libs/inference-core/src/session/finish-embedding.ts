import {
  downcastFloat16,
  type EmbeddingBytes,
  type EmbeddingForm,
  type EmbeddingNumbers,
} from '@triptych/core';

/** Below this length a vector counts as zero and stays so; PyTorch's `F.normalize` has the same bound. */
const SMALLEST_NORM = 1e-12;

/** Truncates, normalises and encodes an encoder's output of `shape` [dim] or [n, dim]. `values` stays untouched. */
export function finishEmbedding(
  values: Float32Array,
  shape: readonly number[],
  form: EmbeddingForm,
): EmbeddingBytes {
  const width = shape[shape.length - 1] ?? 0;
  const kept = form.dimensions === 0 ? width : form.dimensions;
  const rows = width === 0 ? 0 : values.length / width;
  const out = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row++) {
    const vector = values.subarray(row * width, row * width + kept);
    const factor = form.normalize ? 1 / Math.max(norm(vector), SMALLEST_NORM) : 1;
    for (let i = 0; i < kept; i++) out[row * kept + i] = vector[i] * factor;
  }
  return { ...encode(out, form.numbers), shape: [...shape.slice(0, -1), kept] };
}

function norm(vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i];
  return Math.sqrt(sum);
}

function encode(values: Float32Array<ArrayBuffer>, numbers: EmbeddingNumbers): Omit<EmbeddingBytes, 'shape'> {
  if (numbers === 'float32') return { bytes: new Uint8Array(values.buffer), scale: 0 };
  if (numbers === 'float16') return { bytes: new Uint8Array(downcastFloat16(values).buffer), scale: 0 };
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  // The scale is sent as float32: quantise with the number that the reader will multiply with.
  const scale = Math.fround(largest === 0 ? 1 : largest / 127);
  const quantized = Int8Array.from(values, (v) => Math.max(-127, Math.min(127, Math.round(v / scale))));
  return { bytes: new Uint8Array(quantized.buffer), scale };
}
