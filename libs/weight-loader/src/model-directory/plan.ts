import { type DType, elementCount, TriptychError, type WeightTensor } from '@triptych/core';
import { bytesPerElement, channelScales } from '../numbers/stored-tensor.js';
import type { TensorHeader } from '../parquet/header.js';
import { canonicalName, type TensorNames } from './layout.js';

/** Tensors start at multiples of this, for SIMD loads. */
const ALIGNMENT_BYTES = 64;
/** A tensor of this size has a buffer of its own: it may be kept when the others are given back. */
const OWN_PART_BYTES = 32 * 1024 ** 2;
/** Longest buffer: tensors lie in as few as possible, so that the allocator gives them back when they are freed. */
const PART_BYTES = 1024 ** 3;

/** How tensors are wanted. */
export interface Wanted {
  /** Default: names are as the file has them. */
  readonly names?: TensorNames | undefined;
  /** Only those whose canonical name this finds. */
  readonly only?: RegExp | undefined;
  /** Canonical names of tensors that are computed in int8 and stay so. */
  readonly int8?: ReadonlySet<string> | undefined;
  /** As float32; else as they are stored, but for int8 that is not computed so. */
  readonly upcast: boolean;
}

export function isWanted({ only, names }: Wanted, name: string): boolean {
  return !only || only.test(canonicalName(name, names));
}

/** A tensor without its place. */
export interface PlannedTensor extends Omit<WeightTensor, 'part' | 'byteOffset'> {
  readonly name: string;
}

export function planTensor(header: TensorHeader, { int8, upcast, names }: Wanted): PlannedTensor {
  const { shape, dtype: storedAs } = header;
  const name = canonicalName(header.name, names);
  const of = (type: DType) => ({ type, byteLength: elementCount(shape) * bytesPerElement[type] });
  const planned = { name, shape, storedAs };
  if (int8?.has(name)) return { ...planned, ...of('int8'), scales: channelScales(header) };
  return { ...planned, ...of(upcast || storedAs === 'int8' ? 'float32' : storedAs) };
}

/** Gives each tensor its place in a buffer. */
export function planParts(entries: readonly PlannedTensor[]): {
  readonly tensors: Map<string, WeightTensor>;
  readonly parts: ArrayBuffer[];
} {
  const tensors = new Map<string, WeightTensor>();
  const lengths: number[] = [];
  let shared = -1;
  for (const { name, ...tensor } of entries) {
    const { byteLength } = tensor;
    const aligned = Math.ceil(byteLength / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    const isOwn = byteLength >= OWN_PART_BYTES;
    if (isOwn || shared < 0 || lengths[shared] + aligned > PART_BYTES) {
      lengths.push(0);
      if (!isOwn) shared = lengths.length - 1;
    }
    const part = isOwn ? lengths.length - 1 : shared;
    addOnce(tensors, name, { ...tensor, part, byteOffset: lengths[part] });
    lengths[part] += aligned;
  }
  return { tensors, parts: lengths.map((length) => new ArrayBuffer(length)) };
}

/** Throws WEIGHTS_CORRUPT for a name that comes twice. */
export function addOnce(tensors: Map<string, WeightTensor>, name: string, tensor: WeightTensor): void {
  if (tensors.has(name))
    throw new TriptychError('WEIGHTS_CORRUPT', `tensor ${name} appears twice`, { field: name });
  tensors.set(name, tensor);
}
