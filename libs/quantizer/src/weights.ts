import { beyondFloat16, downcastFloat16, elementCount, tensorError, type WeightSet } from '@triptych/core';
import type { StoredTensor } from '@triptych/weight-loader';

const LARGEST = 127;
/** Smaller tensors stay as they are: norms, biases, tokens. */
const SMALLEST_QUANTIZED = 16_384;

interface Correction {
  readonly addend: Float32Array;
  isOn: boolean;
}

/** The tensors of a tower while they are being worked on. */
export class Weights {
  /** What is added to a bias while its product is in int8. */
  readonly #corrections = new Map<string, Correction>();
  /** Tensors that the float model does not have. */
  readonly #added = new Map<string, Float32Array>();

  constructor(private readonly set: WeightSet<ArrayBuffer>) {}

  get names(): readonly string[] {
    return [...this.set.tensors.keys(), ...this.#added.keys()];
  }

  shape(name: string): readonly number[] {
    const added = this.#added.get(name);
    return added ? [added.length] : this.#tensor(name).shape;
  }

  /** Puts a tensor [values] beside those of the float model. */
  add(name: string, values: Float32Array): void {
    this.#added.set(name, values);
  }

  remove(name: string): void {
    this.#added.delete(name);
  }

  /** Whether a tensor is a table that is worth int8. */
  isLarge(name: string): boolean {
    const shape = this.shape(name);
    return shape.length >= 2 && elementCount(shape) >= SMALLEST_QUANTIZED;
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
    this.#corrections.get(name)?.addend.forEach((value, i, addend) => (addend[i] = value * factors[i]));
  }

  /** Multiplies index c of the last dimension by `factors[c]`. */
  scaleColumns(name: string, factors: Float32Array): void {
    const values = this.values(name);
    for (let i = 0; i < values.length; i++) values[i] *= factors[i % factors.length];
  }

  /** Notes what a bias gets while its product is in int8: none before {@link setCorrected}. */
  correct(name: string, addend: Float32Array): void {
    this.#corrections.set(name, { addend: addend.slice(), isOn: false });
  }

  setCorrected(name: string, isOn: boolean): void {
    const correction = this.#corrections.get(name);
    if (correction) correction.isOn = isOn;
  }

  /**
   * As it is to be stored: large tables as int8 with a scale for each row, but for those in `kept`; other tables as
   * halves where these hold their values, and what is no table as it is.
   */
  stored(name: string, kept: ReadonlySet<string>): StoredTensor {
    const shape = this.shape(name);
    const values = this.#corrected(name);
    if (this.isLarge(name) && !kept.has(name)) return quantizeRows(name, shape, values);
    const isHalf = shape.length >= 2 && beyondFloat16(values) === undefined;
    const numbers = isHalf ? downcastFloat16(values) : values.slice();
    return {
      name,
      dtype: isHalf ? 'float16' : 'float32',
      shape,
      data: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
    };
  }

  #corrected(name: string): Float32Array<ArrayBuffer> {
    const values = this.#added.get(name)?.slice() ?? this.values(name);
    const correction = this.#corrections.get(name);
    return correction?.isOn ? values.map((value, i) => value + correction.addend[i]) : values;
  }

  #tensor(name: string) {
    const tensor = this.set.tensors.get(name);
    if (tensor) return tensor;
    throw tensorError('TENSOR_MISSING', this.set, name, ' is missing');
  }
}

/** Squared error of a table's values in int8 ÷ their squares. */
export function quantizationError(name: string, shape: readonly number[], values: Float32Array): number {
  const { data, quantization } = quantizeRows(name, shape, values);
  const inner = values.length / shape[0];
  const quantized = new Int8Array(data.buffer);
  let [error, squares] = [0, 0];
  values.forEach((value, i) => {
    error += (value - quantized[i] * (quantization?.scales[Math.floor(i / inner)] ?? 0)) ** 2;
    squares += value * value;
  });
  return squares === 0 ? 0 : error / squares;
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
