import { type FileHandle, open } from 'node:fs/promises';
import { TriptychError } from '@triptych/core';
import { bytesOf, checkByteLength, type StoredTensor } from '../numbers/stored-tensor.js';
import { MAGIC, type RowGroup } from './format.js';
import { canLayOut, dataPage, FIRST_ROW_GROUP, isFull, layOutFooter, layOutRowGroup } from './layout.js';
import type { SchemaVersion } from './schema.js';
import type { TensorRow } from './tensor-table.js';

/**
 * How a weights file is compressed. `none` is laid out so that tensors are read where they lie; zstd saves some 8 %, as weights are
 * mostly noise, and has to be decoded.
 */
export type WeightCompression = 'zstd' | 'none';

/** Writes tensors as a weights file, one at a time; int8 ones take schema V2. Fails where the file exists. */
export async function writeTensors(
  path: string,
  tensors: AsyncIterable<StoredTensor>,
  compression: WeightCompression,
  version: SchemaVersion = 'V1',
): Promise<void> {
  if (compression === 'none') return writeLaidOut(path, tensors, version);
  // Arrow takes longer to load than a small model does.
  const { writeCompressed } = await import('./write-compressed.js');
  return writeCompressed(path, tensors, version);
}

async function writeLaidOut(
  path: string,
  tensors: AsyncIterable<StoredTensor>,
  version: SchemaVersion,
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    const written: TensorRow[] = [];
    const groups: RowGroup[] = [];
    let group = new OpenRowGroup(FIRST_ROW_GROUP);
    const close = async () => {
      const { bytes, end, numRows, chunks } = group.close(version);
      await writeAll(file, bytes);
      groups.push({ numRows, chunks });
      group = new OpenRowGroup(end);
    };
    await writeAll(file, [MAGIC]);
    for await (const tensor of tensors) {
      const row = rowOf(tensor, version);
      await writeAll(file, group.add(row, tensor));
      written.push(row);
      if (group.isFull) await close();
    }
    if (!group.isEmpty) await close();
    await writeAll(file, [layOutFooter(written, version, groups)]);
  } finally {
    await file.close();
  }
}

/** A row group whose tensors are written as they come. */
class OpenRowGroup {
  readonly #rows: TensorRow[] = [];
  /** Scales and zero points of each row, which are written last. */
  readonly #quantizations: { readonly scales: Uint8Array; readonly zeroPoints: Uint8Array }[] = [];
  #bytes = 0;

  constructor(private readonly position: number) {}

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  get isFull(): boolean {
    return isFull(this.#bytes);
  }

  /** What to write of this tensor now. */
  add(row: TensorRow, { data, quantization }: StoredTensor): Uint8Array[] {
    const { scales = new Float32Array(0), zeroPoints = new Float32Array(scales.length) } = quantization ?? {};
    this.#quantizations.push({ scales: bytesOf(scales), zeroPoints: bytesOf(zeroPoints) });
    const { pieces } = dataPage(row, this.#rows.push(row) - 1);
    this.#bytes += data.byteLength;
    return pieces.map((piece) => (piece instanceof Uint8Array ? piece : data));
  }

  /** The layout of the whole, and what to write after the tensors. Throws WEIGHTS_SCHEMA where one page cannot hold all scales. */
  close(version: SchemaVersion): RowGroup & { readonly end: number; readonly bytes: readonly Uint8Array[] } {
    const laidOut = layOutRowGroup(this.#rows, version, this.position);
    if (!laidOut) {
      const { name } = this.#rows[0];
      throw new TriptychError(
        'WEIGHTS_SCHEMA',
        `tensor ${name} and the ${this.#rows.length - 1} after it have too many scales; a row group of a weights file holds less than 2 GiB of them`,
        { field: name },
      );
    }
    const { rest, ...layout } = laidOut;
    const bytes = rest.map((piece) => {
      if (piece instanceof Uint8Array) return piece;
      const { scales, zeroPoints } = this.#quantizations[piece.row];
      return piece.column === 'scales' ? scales : zeroPoints;
    });
    return { ...layout, bytes };
  }
}

/** Throws TENSOR_SHAPE, or WEIGHTS_SCHEMA for a tensor that no Parquet page can hold. */
function rowOf(tensor: StoredTensor, version: SchemaVersion): TensorRow {
  const { name, dtype, shape, data } = tensor;
  checkByteLength(tensor, data.byteLength);
  const { scales, axis, groupSize } = (version === 'V2' && tensor.quantization) || {};
  const quantization = scales && { scales: scales.length, axis: axis ?? -1, groupSize: groupSize ?? 0 };
  const row: TensorRow = { name, dtype, shape, quantization };
  if (canLayOut(row)) return row;
  throw new TriptychError(
    'WEIGHTS_SCHEMA',
    `tensor ${name}: shape [${shape.join(', ')}] of ${dtype}; a weights file holds tensors of less than 2 GiB each`,
    { field: name },
  );
}

async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    for (let done = 0; done < piece.byteLength;) {
      done += (await file.write(piece, done)).bytesWritten;
    }
  }
}
