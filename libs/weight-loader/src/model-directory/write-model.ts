import { copyFile, mkdir, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileWithin, isRunning, messageOf, renameFlushed, TriptychError } from '@triptych/core';
import { decoderFingerprint, modelFingerprint, tensorDigest, type TensorDigests } from '../fingerprint.js';
import type { StoredTensor } from '../numbers/stored-tensor.js';
import { checkDecodable } from '../parquet/decodable.js';
import { decodeTensors } from '../parquet/decode.js';
import { dataBytes, inRowGroups } from '../parquet/layout.js';
import { locateTensors } from '../parquet/locate.js';
import type { SchemaVersion } from '../parquet/schema.js';
import type { TensorRow } from '../parquet/tensor-table.js';
import { type WeightCompression, writeTensors } from '../parquet/write.js';
import {
  DECODER_FILE,
  METADATA_FILE,
  type ModelMetadata,
  PREPROCESSOR_FILE,
  WEIGHTS_FILE,
  type WeightsMetadata,
} from './files.js';
import type { TextFiles } from './layout.js';
import { digestTensors } from './place.js';
import { checkAbsent, scratchOf } from './target.js';

/** Compressing takes more of the same 4 GiB than decoding: 700 MiB do not fit. */
const LARGEST_COMPRESSED_BYTES = 512 * 1024 * 1024;

/** A model directory to be. */
export interface ModelContents {
  /** Must not exist. */
  readonly target: string;
  readonly metadata: Omit<ModelMetadata, 'fingerprint' | 'parquet_file' | 'decoder'>;
  readonly preprocessor: Record<string, unknown> | undefined;
  /** The text files that are part of the model beside those, by their paths. */
  readonly description: TextFiles;
  /** One after the other; each may be gone when the next is asked for. */
  readonly tensors: AsyncIterable<StoredTensor> | Iterable<StoredTensor>;
  /** Other files of the model by name, which may be below folders. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** int8 tensors take V2. Default: V1. */
  readonly schema?: SchemaVersion;
  /** Default: none. */
  readonly compression?: WeightCompression | undefined;
  /** What generates text. Default: nothing does. */
  readonly decoder?: DecoderContents | CopiedDecoder | undefined;
}

/** Tensors that a decoder is written of, and its text files, by their paths. */
export interface DecoderContents extends Pick<ModelContents, 'tensors' | 'description'> {
  readonly total_parameters: number;
  readonly num_weight_tensors: number;
}

/** The decoder of another model directory of the same configuration, as it is there. */
export interface CopiedDecoder extends Pick<ModelContents, 'description'> {
  readonly weightsFile: string;
  readonly metadata: WeightsMetadata;
}

/**
 * Writes a model directory, reads its weights back and compares every byte. `done` gets the bytes of each tensor once
 * it is written and once it is read. Everything is written in a folder beside `target` and flushed and renamed last: whenever it
 * ends, nothing half-written has the target's name. Returns the bytes of the files of weights. Tensors of more than `largest` bytes are
 * not decoded: a compressed file holds none. Throws WEIGHTS_SCHEMA.
 */
export async function writeModelDirectory(
  contents: ModelContents,
  done: (bytes: number) => void = () => undefined,
  largest = LARGEST_COMPRESSED_BYTES,
): Promise<number> {
  const { target, metadata, preprocessor, description, files = {} } = contents;
  await checkAbsent(target);
  await removeAbandoned(resolve(target));
  const scratch = scratchOf(target);
  const partial = join(scratch, 'model');
  try {
    // A process may have had the same id before.
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    const digests = await writeWeights(join(partial, WEIGHTS_FILE), contents, done, largest);
    const decoder = await writeDecoder(partial, contents, done, largest);
    if (preprocessor) await writeJson(join(partial, PREPROCESSOR_FILE), preprocessor);
    const texts = { ...description, ...contents.decoder?.description, ...files };
    for (const [name, content] of Object.entries(texts)) {
      const path = await fileWithin(partial, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    const { architecture, config } = metadata;
    await writeJson(join(partial, METADATA_FILE), {
      ...metadata,
      parquet_file: WEIGHTS_FILE,
      fingerprint: await modelFingerprint(digests, {
        architecture,
        config,
        preprocessor,
        files: description,
      }),
      ...(decoder && { decoder }),
    });
    let { size } = await stat(join(partial, WEIGHTS_FILE));
    if (decoder) size += (await stat(join(partial, DECODER_FILE))).size;
    await renameFlushed(partial, target);
    return size;
  } catch (thrown) {
    throw TriptychError.from(
      thrown,
      'FILE_UNREADABLE',
      `${target}: could not be written (${messageOf(thrown)})`,
    );
  } finally {
    await rm(partial, { recursive: true, force: true });
    // Unless whoever called keeps something there, too.
    await rmdir(scratch).catch(() => undefined);
  }
}

/** What the metadata says of the decoder that was written; undefined where there is none. */
async function writeDecoder(
  directory: string,
  { decoder, metadata: { architecture, config }, compression, schema }: ModelContents,
  done: (bytes: number) => void,
  largest: number,
): Promise<WeightsMetadata | undefined> {
  if (!decoder) return undefined;
  const path = join(directory, DECODER_FILE);
  if ('weightsFile' in decoder) {
    await copyFile(decoder.weightsFile, path);
    return { ...decoder.metadata, parquet_file: DECODER_FILE };
  }
  const { tensors, description, total_parameters, num_weight_tensors } = decoder;
  const digests = await writeWeights(path, { tensors, compression, schema }, done, largest);
  return {
    total_parameters,
    num_weight_tensors,
    parquet_file: DECODER_FILE,
    fingerprint: await decoderFingerprint(digests, { architecture, config, files: description }),
  };
}

/** What runs for the same target left behind that were killed. */
async function removeAbandoned(target: string): Promise<void> {
  const folder = dirname(target);
  const prefix = `.${basename(target)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = name.startsWith(prefix) ? /^(\d+)\.partial$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { recursive: true });
  }
}

/** Writes tensors, reads them back, and compares. Returns their digests. */
async function writeWeights(
  path: string,
  { tensors, schema, compression = 'none' }: Pick<ModelContents, 'tensors' | 'schema' | 'compression'>,
  done: (bytes: number) => void,
  largest: number,
): Promise<TensorDigests> {
  const written = new Map<string, string>();
  const rows: TensorRow[] = [];
  async function* noted() {
    for await (const tensor of tensors) {
      const { name, dtype, shape } = tensor;
      if (compression !== 'none') checkDecodable(name, tensor.data.byteLength, largest, path);
      rows.push({ name, dtype, shape });
      written.set(tensor.name, tensorDigest(tensor, [tensor.data]));
      yield tensor;
      done(tensor.data.byteLength);
    }
  }
  await writeTensors(path, noted(), compression, schema);
  const digests = new Map(written);
  for await (const { name, digest, byteLength } of readBack(path, rows, largest)) {
    if (written.get(name) !== digest)
      throw new TriptychError('WEIGHTS_CORRUPT', `${path}: tensor ${name} was read back different`);
    written.delete(name);
    done(byteLength);
  }
  if (written.size > 0) {
    throw new TriptychError(
      'WEIGHTS_CORRUPT',
      `${path}: ${[...written.keys()].join(', ')} could not be read back`,
    );
  }
  return digests;
}

interface ReadBack {
  readonly name: string;
  readonly digest: string;
  readonly byteLength: number;
}

/** Reads tensors as any Parquet file is read; row groups with larger ones than that can be, where they lie. */
async function* readBack(
  path: string,
  rows: readonly TensorRow[],
  largest: number,
): AsyncGenerator<ReadBack> {
  const small = inRowGroups(rows).filter((group) => group.every((row) => dataBytes(row) <= largest));
  const decodable = new Set(small.flat().map(({ name }) => name));
  if (decodable.size > 0) {
    const file = await decodeTensors(path, { wanted: (name) => decodable.has(name) }, largest);
    for await (const tensor of file.read())
      yield {
        name: tensor.name,
        digest: tensorDigest(tensor, [tensor.data]),
        byteLength: tensor.data.byteLength,
      };
    file.close();
  }
  if (decodable.size === rows.length) return;
  const located = (locateTensors(path)?.tensors ?? []).filter(({ header }) => !decodable.has(header.name));
  const digests = digestTensors({ path, names: undefined, located });
  for (const { header, byteLength } of located)
    yield { name: header.name, digest: digests.get(header.name) ?? '', byteLength };
}

function writeJson(path: string, value: object): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
