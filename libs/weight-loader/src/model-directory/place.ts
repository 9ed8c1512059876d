import { realpath } from 'node:fs/promises';
import {
  readInto,
  readTensor,
  TriptychError,
  type WeightPart,
  type WeightTensor,
  withFile,
} from '@triptych/core';
import { tensorDigest } from '../fingerprint.js';
import type { TensorHeader } from '../parquet/header.js';
import { locateTensors } from '../parquet/locate.js';
import { locateInPages } from '../parquet/locate-in-pages.js';
import type { LocatedTensor, Place } from '../parquet/located.js';
import { put } from './assemble.js';
import { type FileState, fileState } from './file-state.js';
import { canonicalName, type TensorNames } from './layout.js';
import { addOnce, isWanted, planParts, planTensor, type Wanted } from './plan.js';

/** Tensors that are left where they lie in their file, and those that could not be, in buffers. */
export interface Placed {
  readonly tensors: Map<string, WeightTensor>;
  /** The first is the file. */
  readonly parts: WeightPart[];
  /** The file, links resolved, and its state before anything of it was read. */
  readonly path: string;
  readonly state: FileState | undefined;
  /** What {@link digestTensors} takes. */
  readonly located: readonly LocatedTensor[];
}

/** What is read at a time: it stays in the core's cache for its digest. */
const PIECE_BYTES = 256 * 1024;

export interface PlaceRequest extends Wanted {
  readonly path: string;
}

/**
 * The tensors that are wanted, left in their file; of their data only what is to become float32 here is read. undefined where
 * the file has to be decoded. Throws TENSOR_SHAPE, WEIGHTS_SCHEMA, and WEIGHTS_CORRUPT for a name that comes twice.
 */
export async function placeWeights({ path: link, ...wanted }: PlaceRequest): Promise<Placed | undefined> {
  // ONNX Runtime takes files from one folder, links out of which it refuses.
  const path = await realpath(link).catch(() => link);
  const state = await fileState(path);
  const all = locateTensors(path, link) ?? (await locateInPages(path));
  if (!all) return undefined;
  const located = all.tensors.filter(({ header }) => isWanted(wanted, header.name));
  const tensors = new Map<string, WeightTensor>();
  const read: LocatedTensor[] = [];
  for (const tensor of located) {
    const { header, byteOffset } = tensor;
    const { name, ...planned } = planTensor(header, wanted);
    if (planned.type === planned.storedAs) addOnce(tensors, name, { ...planned, part: 0, byteOffset });
    else read.push(tensor);
  }
  const inMemory = planParts(read.map(({ header }) => planTensor(header, wanted)));
  for (const { header, ...place } of read) {
    const name = canonicalName(header.name, wanted.names);
    const planned = inMemory.tensors.get(name) as WeightTensor;
    put(
      { ...header, name, data: readTensor(path, name, place, link) },
      planned,
      inMemory.parts[planned.part],
    );
    addOnce(tensors, name, { ...planned, part: 1 + planned.part });
  }
  return { tensors, parts: [path, ...inMemory.parts], path, state, located };
}

export interface DigestRequest {
  readonly path: string;
  readonly names: TensorNames | undefined;
  readonly located: readonly LocatedTensor[];
}

/** {@link tensorDigest} of each tensor, by its canonical name. */
export function digestTensors({ path, names, located }: DigestRequest): Map<string, string> {
  const buffer = new Uint8Array(PIECE_BYTES);
  const digests = withFile(path, (file) =>
    located.map(({ header, ...place }) => {
      const name = canonicalName(header.name, names);
      return [name, tensorDigest({ ...header, name }, pieces(file, header, place, buffer))] as const;
    }),
  );
  return new Map(digests);
}

/** A tensor's bytes, piece by piece: each is valid until the next is asked for. Throws WEIGHTS_CORRUPT where the file is shorter. */
function* pieces(
  file: number,
  { name }: TensorHeader,
  { byteOffset, byteLength }: Place,
  buffer: Uint8Array<ArrayBuffer>,
): Generator<Uint8Array> {
  for (let done = 0; done < byteLength; done += buffer.byteLength) {
    const wanted = buffer.subarray(0, Math.min(buffer.byteLength, byteLength - done));
    const bytes = readInto(wanted, file, byteOffset + done);
    if (bytes.byteLength < wanted.byteLength)
      throw new TriptychError('WEIGHTS_CORRUPT', `tensor ${name}: the file ends within it`, { field: name });
    yield bytes;
  }
}
