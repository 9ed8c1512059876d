import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DType, fileWithin, isCount, messageOf, parseJson, TriptychError } from '@triptych/core';
import { readText } from '../model-directory/files.js';
import { checkByteLength, type StoredTensor } from '../numbers/stored-tensor.js';

const dtypes: Record<string, DType> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16', I8: 'int8' };

/** The reference limits a header to 100 MB; so do we, before allocating it. */
const MAX_HEADER_BYTES = 100_000_000;

/** Where one tensor lies: which file, and which bytes of it. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly file: string;
  /** As the file spells it: F32, BF16, I64, … */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly byteLength: number;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/**
 * Every tensor of a single `.safetensors` file, or of all shards that an `.index.json` names. Reads headers only. Throws
 * WEIGHTS_MISSING, WEIGHTS_CORRUPT, TENSOR_MISSING, or FILE_OUTSIDE for an index that names a file of another directory.
 */
export async function listSafetensors(path: string): Promise<SafetensorsEntry[]> {
  if (!path.endsWith('.index.json')) return readHeader(path);
  const { weight_map } = parsed<{ weight_map?: Record<string, unknown> }>((await readText(path)) ?? '', path);
  const files = [...new Set(Object.values(weight_map ?? {}))].sort();
  if (!weight_map || !files.every((file) => typeof file === 'string'))
    throw new TriptychError(
      'WEIGHTS_CORRUPT',
      `${path}: expected a weight_map from tensors to names of files`,
    );
  const shards: SafetensorsEntry[][] = [];
  for (const file of files) shards.push(await readHeader(await fileWithin(dirname(path), file)));
  const entries = shards.flat();
  const found = new Set(entries.map((e) => e.name));
  const missing = Object.keys(weight_map).filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new TriptychError(
      'TENSOR_MISSING',
      `${path}: names tensors that no shard holds: ${missing.join(', ')}`,
    );
  }
  return entries;
}

/** Reads one tensor's bytes. Throws TENSOR_DTYPE for types that are no weights (I64, BOOL, …). */
export async function readSafetensor(entry: SafetensorsEntry): Promise<StoredTensor> {
  const dtype = dtypes[entry.dtype];
  if (!dtype) {
    throw new TriptychError(
      'TENSOR_DTYPE',
      `${entry.file}: tensor ${entry.name} is ${entry.dtype}; expected ${Object.keys(dtypes).join(', ')}`,
      { field: entry.name },
    );
  }
  const data = await readRange(entry.file, entry.offset, entry.byteLength, `tensor ${entry.name}`);
  const tensor = { name: entry.name, dtype, shape: entry.shape, data };
  checkByteLength(tensor, tensor.data.byteLength);
  return tensor;
}

async function readHeader(file: string): Promise<SafetensorsEntry[]> {
  const prefix = await readRange(file, 0, 8, 'its first 8 bytes');
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
  // The number is the file's first bytes, whatever file it is: it is not told.
  if (length > MAX_HEADER_BYTES) {
    throw new TriptychError(
      'WEIGHTS_CORRUPT',
      `${file}: no safetensors file; it does not begin with the length of a header of at most ${MAX_HEADER_BYTES} bytes`,
    );
  }
  const text = new TextDecoder().decode(await readRange(file, 8, length, 'its header'));
  const header = parsed<Record<string, Partial<HeaderEntry> | null>>(text, file);
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => {
      const { dtype, shape, data_offsets: place } = entry ?? {};
      if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(place) || place.length !== 2) {
        throw new TriptychError(
          'WEIGHTS_CORRUPT',
          `${file}: tensor ${name}: expected its dtype, shape and data_offsets`,
          { field: name },
        );
      }
      const [begin, end] = place;
      if (begin > end)
        throw new TriptychError('WEIGHTS_CORRUPT', `${file}: tensor ${name} ends before it begins`, {
          field: name,
        });
      return { name, file, dtype, shape, offset: 8 + length + begin, byteLength: end - begin };
    });
}

function isCounts(values: unknown): values is number[] {
  return Array.isArray(values) && values.every(isCount);
}

/** Bytes of a file, which are `what` of it. */
async function readRange(file: string, offset: number, length: number, what: string): Promise<Uint8Array> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new TriptychError('WEIGHTS_MISSING', `${file}: cannot be opened (${messageOf(cause)})`, { cause });
  });
  const truncated = () => new TriptychError('WEIGHTS_CORRUPT', `${file}: truncated within ${what}`);
  try {
    // Before memory is taken for what a header only claims.
    if (offset + length > (await handle.stat()).size) throw truncated();
    const buffer = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
      if (bytesRead === 0) throw truncated();
      filled += bytesRead;
    }
    return buffer;
  } finally {
    await handle.close();
  }
}

function parsed<T>(text: string, file: string): T {
  try {
    return parseJson(text) as T;
  } catch (cause) {
    throw new TriptychError('WEIGHTS_CORRUPT', `${file}: ${messageOf(cause)}`, { cause });
  }
}
