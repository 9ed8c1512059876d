import { elementCount, TriptychError, type WeightTensor } from '@triptych/core';
import { tensorDigest } from '../fingerprint.js';
import { channelScales, upcastInto } from '../numbers/stored-tensor.js';
import { openTensors, type Share, type TensorHeader } from '../parquet/read.js';
import { canonicalName } from './names.js';

/** Tensors start at multiples of this, for SIMD loads. */
const ALIGNMENT_BYTES = 64;

export interface AssembleRequest {
  readonly path: string;
  /** Load only the tensors whose canonical name this finds. */
  readonly only?: RegExp | undefined;
  /** Canonical names of tensors that are computed in int8 and stay so. */
  readonly int8?: ReadonlySet<string> | undefined;
  /** Which of the row groups. Default: all. */
  readonly share?: Share;
}

export interface Assembled {
  readonly tensors: Map<string, WeightTensor>;
  readonly parts: ArrayBuffer[];
  /** {@link tensorDigest} of each tensor. */
  readonly digests: Map<string, string>;
}

/** A tensor of this size has a buffer of its own: it may be kept when the others are given back. */
const OWN_PART_BYTES = 32 * 1024 ** 2;
/** Longest buffer: tensors lie in as few as possible, so that the allocator gives them back when they are freed. */
const PART_BYTES = 1024 ** 3;

/**
 * plan → row group → assemble: a weights file as float32 tensors, and int8 ones where those are wanted. Throws
 * WEIGHTS_CORRUPT for a name that comes twice.
 */
export async function assembleWeights(request: AssembleRequest): Promise<Assembled> {
  const { path, only, share, int8 = new Set() } = request;
  const wanted = (name: string) => !only || only.test(canonicalName(name));
  const file = await openTensors(path, share, wanted);
  const headers = file.groups.flatMap(({ rows }) => rows.map(({ header }) => header));
  const assembled = planParts(headers.map((header) => planTensor(header, int8)));
  for await (const group of file.read()) {
    for (const stored of group) {
      const tensor = { ...stored, name: canonicalName(stored.name) };
      const { part, byteOffset, shape, scales } = assembled.tensors.get(tensor.name) as WeightTensor;
      if (scales) new Uint8Array(assembled.parts[part], byteOffset).set(tensor.data);
      else upcastInto(new Float32Array(assembled.parts[part], byteOffset, elementCount(shape)), tensor);
      assembled.digests.set(tensor.name, tensorDigest(tensor));
    }
  }
  file.close();
  return assembled;
}

/** A tensor without its place. */
interface PlannedTensor extends Omit<WeightTensor, 'part' | 'byteOffset'> {
  readonly name: string;
}

function planTensor(header: TensorHeader, int8: ReadonlySet<string>): PlannedTensor {
  const { shape, dtype: storedAs } = header;
  const name = canonicalName(header.name);
  const planned = { name, shape, storedAs };
  if (!int8.has(name)) return { ...planned, byteLength: 4 * elementCount(shape) };
  return { ...planned, byteLength: elementCount(shape), scales: channelScales(header) };
}

/** Gives each tensor its place. */
function planParts(entries: readonly PlannedTensor[]): Assembled {
  const tensors = new Map<string, WeightTensor>();
  const lengths: number[] = [];
  let shared = -1;
  for (const { name, ...tensor } of entries) {
    if (tensors.has(name)) throw duplicate(name);
    const { byteLength } = tensor;
    const aligned = Math.ceil(byteLength / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    const isOwn = byteLength >= OWN_PART_BYTES;
    if (isOwn || shared < 0 || lengths[shared] + aligned > PART_BYTES) {
      lengths.push(0);
      if (!isOwn) shared = lengths.length - 1;
    }
    const part = isOwn ? lengths.length - 1 : shared;
    tensors.set(name, { ...tensor, part, byteOffset: lengths[part] });
    lengths[part] += aligned;
  }
  return { tensors, parts: lengths.map((length) => new ArrayBuffer(length)), digests: new Map() };
}

/** Shares of one file as a whole. Throws WEIGHTS_CORRUPT for a name that comes twice. */
export function joinShares(shares: readonly Assembled[]): Assembled {
  const joined: Assembled = { tensors: new Map(), parts: [], digests: new Map() };
  for (const { tensors, parts, digests } of shares) {
    for (const [name, tensor] of tensors) {
      if (joined.tensors.has(name)) throw duplicate(name);
      joined.tensors.set(name, { ...tensor, part: joined.parts.length + tensor.part });
    }
    joined.parts.push(...parts);
    for (const [name, digest] of digests) joined.digests.set(name, digest);
  }
  return joined;
}

function duplicate(name: string): TriptychError {
  return new TriptychError('WEIGHTS_CORRUPT', `tensor ${name} appears twice`, { field: name });
}
