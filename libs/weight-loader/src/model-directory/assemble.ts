import { elementCount, type WeightTensor } from '@triptych/core';
import { tensorDigest } from '../fingerprint.js';
import { type StoredTensor, upcastInto } from '../numbers/stored-tensor.js';
import { openTensors, type Share } from '../parquet/read.js';
import { canonicalName } from './names.js';
import { addOnce, isWanted, planParts, planTensor, type Wanted } from './plan.js';

export interface AssembleRequest extends Wanted {
  readonly path: string;
  /** Which of the row groups. Default: all. */
  readonly share?: Share;
}

export interface Assembled {
  readonly tensors: Map<string, WeightTensor>;
  readonly parts: ArrayBuffer[];
  /** {@link tensorDigest} of each tensor. */
  readonly digests: Map<string, string>;
}

/** plan → row group → assemble: a weights file's tensors in memory. Throws WEIGHTS_CORRUPT for a name that comes twice. */
export async function assembleWeights(request: AssembleRequest): Promise<Assembled> {
  const { path, share } = request;
  const file = await openTensors(path, share, (name) => isWanted(request, name));
  const headers = file.groups.flatMap(({ rows }) => rows.map(({ header }) => header));
  const { tensors, parts } = planParts(headers.map((header) => planTensor(header, request)));
  const digests = new Map<string, string>();
  for await (const group of file.read()) {
    for (const stored of group) {
      const tensor = { ...stored, name: canonicalName(stored.name) };
      const planned = tensors.get(tensor.name) as WeightTensor;
      put(tensor, planned, parts[planned.part]);
      digests.set(tensor.name, tensorDigest(tensor, [tensor.data]));
    }
  }
  file.close();
  return { tensors, parts, digests };
}

/** Writes a tensor into its place, in the type that it is to have there. */
export function put(
  stored: StoredTensor,
  { type, shape, byteOffset }: WeightTensor,
  part: ArrayBuffer,
): void {
  if (type === stored.dtype) new Uint8Array(part, byteOffset).set(stored.data);
  else upcastInto(new Float32Array(part, byteOffset, elementCount(shape)), stored);
}

/** Shares of one file as a whole. Throws WEIGHTS_CORRUPT for a name that comes twice. */
export function joinShares(shares: readonly Assembled[]): Assembled {
  const joined: Assembled = { tensors: new Map(), parts: [], digests: new Map() };
  for (const { tensors, parts, digests } of shares) {
    for (const [name, tensor] of tensors)
      addOnce(joined.tensors, name, { ...tensor, part: joined.parts.length + tensor.part });
    joined.parts.push(...parts);
    for (const [name, digest] of digests) joined.digests.set(name, digest);
  }
  return joined;
}
