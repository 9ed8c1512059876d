import { downcastFloat16, elementCount, TriptychError, type WeightSet } from '@triptych/core';
import type { StoredTensor } from '@triptych/weight-loader';

const LARGEST = 127;
/** Smaller tensors stay as they are: norms, biases, tokens. */
const SMALLEST_QUANTIZED = 16_384;

/** The tensors of a tower while they are being worked on. */
export class Weights {
  constructor(private readonly set: WeightSet<ArrayBuffer>) {}

  get names(): readonly string[] {
    return [...this.set.tensors.keys()];
  }

  shape(name: string): readonly number[] {
    return this.#tensor(name).shape;
  }

  /** A view. */
  values(name: string): Float32Array<ArrayBuffer> {
    const { part, byteOffset, shape } = this.#tensor(name);
    return new Float32Array(this.set.parts[part], byteOffset, elementCount(shape));
  }

  /** Multiplies index c of the first dimension by `factors[c]`. */
  scaleRows(name: string, factors: Float32Array): void {
    const values = this.values(name);
    const inner = values.length / factors.length;
    for (let i = 0; i < values.length; i++) values[i] *= factors[Math.floor(i / inner)];
  }

  /** Multiplies index c of the last dimension by `factors[c]`. */
  scaleColumns(name: string, factors: Float32Array): void {
    const values = this.values(name);
    for (let i = 0; i < values.length; i++) values[i] *= factors[i % factors.length];
  }

  add(name: string, addend: Float32Array): void {
    const values = this.values(name);
    for (let i = 0; i < values.length; i++) values[i] += addend[i];
  }

  /**
   * As it is to be stored: large tables as int8 with a scale for each row, but for those in `kept`; other tables as
   * halves, and what is no table as it is.
   */
  stored(name: string, kept: ReadonlySet<string>): StoredTensor {
    const { shape } = this.#tensor(name);
    const values = this.values(name);
    const isTable = shape.length >= 2;
    if (isTable && values.length >= SMALLEST_QUANTIZED && !kept.has(name))
      return quantizeRows(name, shape, values);
    const numbers = isTable ? downcastFloat16(values) : values.slice();
    return {
      name,
      dtype: isTable ? 'float16' : 'float32',
      shape,
      data: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
    };
  }

  #tensor(name: string) {
    const tensor = this.set.tensors.get(name);
    if (tensor) return tensor;
    throw new TriptychError('TENSOR_MISSING', `tensor ${name} is missing`, { field: name });
  }
}

/** int8 with one scale for each index of the first dimension: value ≈ int8 × scale. */
export function quantizeRows(name: string, shape: readonly number[], values: Float32Array): StoredTensor {
  const rows = shape[0];
  const inner = values.length / rows;
  const scales = new Float32Array(rows);
  const quantized = new Int8Array(values.length);
  for (let r = 0; r < rows; r++) {
    let largest = 0;
    for (let i = r * inner; i < (r + 1) * inner; i++) largest = Math.max(largest, Math.abs(values[i]));
    scales[r] = largest === 0 ? 1 : largest / LARGEST;
    for (let i = r * inner; i < (r + 1) * inner; i++) quantized[i] = Math.round(values[i] / scales[r]);
  }
  const data = new Uint8Array(quantized.buffer);
  const quantization = { scales, zeroPoints: new Float32Array(rows), axis: 0, groupSize: 0 };
  return { name, dtype: 'int8', shape, data, quantization };
}
