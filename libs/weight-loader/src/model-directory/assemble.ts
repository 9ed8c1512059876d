import { elementCount, TriptychError, type WeightTensor } from '@triptych/core';
import { Fingerprint } from '../fingerprint.js';
import { upcastInto } from '../numbers/stored-tensor.js';
import { listTensors, readTensors, type TensorEntry } from '../parquet/read.js';
import { canonicalName } from './names.js';

/** Tensors start at multiples of this, for SIMD loads. */
const ALIGNMENT_BYTES = 64;

export interface AssembleRequest {
  readonly path: string;
  /** What `metadata.json` promises; checked when given. */
  readonly expected?: { readonly tensors: number; readonly parameters: number };
  /** Load these tensors only (canonical names). */
  readonly only?: readonly string[];
  /** What besides the weights shapes a vector; part of the fingerprint. */
  readonly recipe: unknown;
}

export interface Assembled {
  readonly tensors: Map<string, WeightTensor>;
  readonly data: ArrayBuffer;
  readonly fingerprint: string;
}

/** metadata → plan → row group → column → assemble: a weights file as float32 tensors in one buffer. */
export async function assembleWeights(request: AssembleRequest): Promise<Assembled> {
  const { tensors: entries } = await listTensors(request.path);
  checkCounts(entries, request);
  const only = request.only && new Set(request.only);
  const { tensors, byteLength } = plan(entries.filter((e) => !only || only.has(canonicalName(e.name))));
  const data = new ArrayBuffer(byteLength);
  const fingerprint = new Fingerprint();
  const missing = new Set(only ?? tensors.keys());
  for await (const stored of readTensors(request.path, (name) => tensors.has(canonicalName(name)))) {
    const name = canonicalName(stored.name);
    const { shape, byteOffset } = tensors.get(name) as WeightTensor;
    upcastInto(new Float32Array(data, byteOffset, elementCount(shape)), stored);
    fingerprint.add({ ...stored, name });
    missing.delete(name);
  }
  if (missing.size > 0) {
    throw new TriptychError('TENSOR_MISSING', `${request.path}: no tensor ${[...missing].join(', ')}`);
  }
  return { tensors, data, fingerprint: fingerprint.finish(request.recipe) };
}

function plan(entries: readonly TensorEntry[]): { tensors: Map<string, WeightTensor>; byteLength: number } {
  const tensors = new Map<string, WeightTensor>();
  let byteLength = 0;
  for (const { name: storedName, shape, dtype } of entries) {
    const name = canonicalName(storedName);
    if (tensors.has(name)) {
      throw new TriptychError('WEIGHTS_CORRUPT', `tensor ${name} appears twice`, { field: name });
    }
    const size = 4 * elementCount(shape);
    tensors.set(name, { shape, storedAs: dtype, byteOffset: byteLength, byteLength: size });
    byteLength += Math.ceil(size / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }
  return { tensors, byteLength };
}

function checkCounts(entries: readonly TensorEntry[], { path, expected }: AssembleRequest): void {
  if (!expected) return;
  const parameters = entries.reduce((sum, e) => sum + e.parameters, 0);
  if (entries.length !== expected.tensors || parameters !== expected.parameters) {
    throw new TriptychError(
      'WEIGHTS_CORRUPT',
      `${path}: ${entries.length} tensors with ${parameters} parameters; metadata.json promises ` +
        `${expected.tensors} with ${expected.parameters}`,
    );
  }
}
