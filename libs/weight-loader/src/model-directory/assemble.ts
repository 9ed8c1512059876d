import { elementCount, type WeightTensor } from '@triptych/core';
import { tensorDigest } from '../fingerprint.js';
import { type StoredTensor, upcastInto } from '../numbers/stored-tensor.js';
import { openTensors, type WeightsReader } from '../parquet/open-tensors.js';
import type { Selection } from '../parquet/tensor-file.js';
import { canonicalName } from './layout.js';
import { addOnce, isWanted, planParts, planTensor, type Wanted } from './plan.js';

export interface AssembleRequest extends Wanted {
  readonly path: string;
  /** Default: auto. */
  readonly reader?: WeightsReader | undefined;
  readonly share?: Selection['share'];
}

export interface Assembled {
  readonly tensors: Map<string, WeightTensor>;
  readonly parts: ArrayBuffer[];
  /** {@link tensorDigest} of each tensor. */
  readonly digests: Map<string, string>;
}

/** A weights file's tensors in memory. Throws WEIGHTS_CORRUPT for a name that comes twice. */
export async function assembleWeights(request: AssembleRequest): Promise<Assembled> {
  const { path, share, reader } = request;
  const file = await openTensors(path, { wanted: (name) => isWanted(request, name), share }, reader);
  const { tensors, parts } = planParts(file.headers.map((header) => planTensor(header, request)));
  const digests = new Map<string, string>();
  for await (const stored of file.read()) {
    const tensor = { ...stored, name: canonicalName(stored.name, request.names) };
    const planned = tensors.get(tensor.name) as WeightTensor;
    put(tensor, planned, parts[planned.part]);
    digests.set(tensor.name, tensorDigest(tensor, [tensor.data]));
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
