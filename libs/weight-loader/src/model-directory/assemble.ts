import { elementCount, TriptychError, type WeightTensor } from '@triptych/core';
import { tensorDigest } from '../fingerprint.js';
import { type StoredTensor, upcastInto } from '../numbers/stored-tensor.js';
import { readTensorGroups } from '../parquet/read.js';
import { canonicalName } from './names.js';

/** Tensors start at multiples of this, for SIMD loads. */
const ALIGNMENT_BYTES = 64;

export interface AssembleRequest {
  readonly path: string;
  /** Load only the tensors whose canonical name this finds. */
  readonly only?: RegExp;
}

export interface Assembled {
  readonly tensors: Map<string, WeightTensor>;
  /** One buffer a row group. */
  readonly parts: ArrayBuffer[];
  /** {@link tensorDigest} of each tensor. */
  readonly digests: Map<string, string>;
}

/** row group → column → assemble: a weights file as float32 tensors. Throws WEIGHTS_CORRUPT for a name that comes twice. */
export async function assembleWeights({ path, only }: AssembleRequest): Promise<Assembled> {
  const assembled: Assembled = { tensors: new Map(), parts: [], digests: new Map() };
  const wanted = (name: string) => !only || only.test(canonicalName(name));
  for await (const group of readTensorGroups(path, wanted)) {
    addPart(
      assembled,
      group.map((tensor) => ({ ...tensor, name: canonicalName(tensor.name) })),
    );
  }
  return assembled;
}

function addPart({ tensors, parts, digests }: Assembled, group: readonly StoredTensor[]): void {
  let byteLength = 0;
  const part = parts.length;
  for (const { name, shape, dtype } of group) {
    if (tensors.has(name))
      throw new TriptychError('WEIGHTS_CORRUPT', `tensor ${name} appears twice`, { field: name });
    const size = 4 * elementCount(shape);
    tensors.set(name, { shape, storedAs: dtype, part, byteOffset: byteLength, byteLength: size });
    byteLength += Math.ceil(size / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }
  const data = new ArrayBuffer(byteLength);
  parts.push(data);
  for (const tensor of group) {
    const { byteOffset, shape } = tensors.get(tensor.name) as WeightTensor;
    upcastInto(new Float32Array(data, byteOffset, elementCount(shape)), tensor);
    digests.set(tensor.name, tensorDigest(tensor));
  }
}
