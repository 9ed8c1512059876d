import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DType, messageOf, TriptychError } from '@triptych/core';
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

/** Every tensor of a single `.safetensors` file, or of all shards that an `.index.json` names. Reads headers only. */
export async function listSafetensors(path: string): Promise<SafetensorsEntry[]> {
  if (!path.endsWith('.index.json')) return readHeader(path);
  const { weight_map } = parseJson<{ weight_map?: Record<string, string> }>(
    await readFile(path, 'utf8'),
    path,
  );
  if (!weight_map) throw new TriptychError('WEIGHTS_CORRUPT', `${path}: no weight_map`);
  const files = [...new Set(Object.values(weight_map))].sort();
  const shards = await Promise.all(files.map((file) => readHeader(join(dirname(path), file))));
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
  const data = await readRange(entry.file, entry.offset, entry.byteLength);
  const tensor = { name: entry.name, dtype, shape: entry.shape, data };
  checkByteLength(tensor, tensor.data.byteLength);
  return tensor;
}

async function readHeader(file: string): Promise<SafetensorsEntry[]> {
  const prefix = await readRange(file, 0, 8);
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    throw new TriptychError(
      'WEIGHTS_CORRUPT',
      `${file}: header of ${length} bytes; at most ${MAX_HEADER_BYTES} expected`,
    );
  }
  const text = new TextDecoder().decode(await readRange(file, 8, length));
  const header = parseJson<Record<string, HeaderEntry>>(text, file);
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]) => ({
        name,
        file,
        dtype,
        shape,
        offset: 8 + length + begin,
        byteLength: end - begin,
      }),
    );
}

async function readRange(file: string, offset: number, length: number): Promise<Uint8Array> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new TriptychError('WEIGHTS_MISSING', `${file}: cannot be opened (${messageOf(cause)})`, { cause });
  });
  try {
    const buffer = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
      if (bytesRead === 0) {
        throw new TriptychError(
          'WEIGHTS_CORRUPT',
          `${file}: truncated; ${offset + length} bytes expected, found ${offset + filled}`,
        );
      }
      filled += bytesRead;
    }
    return buffer;
  } finally {
    await handle.close();
  }
}

function parseJson<T>(text: string, file: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new TriptychError('WEIGHTS_CORRUPT', `${file}: not valid JSON (${messageOf(cause)})`, { cause });
  }
}
