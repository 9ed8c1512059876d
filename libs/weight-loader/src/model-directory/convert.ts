import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type DType, downcastFloat16, elementCount, messageOf, TriptychError } from '@triptych/core';
import { modelFingerprint, tensorDigest, type TensorDigests } from '../fingerprint.js';
import { bytesPerElement, type StoredTensor, upcastInto } from '../numbers/stored-tensor.js';
import { openTensors } from '../parquet/read.js';
import { type WeightCompression, writeTensors } from '../parquet/write.js';
import { listSafetensors, readSafetensor, type SafetensorsEntry } from '../safetensors/read.js';
import { findArchitecture } from './architecture.js';
import {
  METADATA_FILE,
  type ModelMetadata,
  PREPROCESSOR_FILE,
  readJson,
  readTokenizer,
  WEIGHTS_FILE,
} from './files.js';
import { canonicalName } from './names.js';

export interface ConvertRequest {
  /** HuggingFace checkpoint directory: config.json and model.safetensors, or its shards' index. */
  readonly source: string;
  /** Model directory to write; must not exist. */
  readonly target: string;
  readonly dtype: 'float16' | 'float32';
  /** Default: zstd. */
  readonly compression?: WeightCompression;
  readonly modelName?: string | undefined;
  readonly space?: string | undefined;
  readonly converterVersion: string;
}

/** How far a conversion is: each tensor is written once and read back once. */
export interface ConvertProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ConvertReport {
  readonly architecture: string;
  readonly tensors: number;
  readonly parameters: number;
  /** Tensors of the checkpoint that the encoder does not need. */
  readonly leftOut: readonly string[];
  readonly sourceBytes: number;
  readonly targetBytes: number;
  readonly elapsedMs: number;
}

/**
 * Converts a checkpoint to a model directory, tensor by tensor, reads the result back and compares every value.
 * Everything is written to a folder beside `target` and renamed last: a failure leaves nothing half-written.
 */
export async function convertCheckpoint(
  request: ConvertRequest,
  onProgress: (progress: ConvertProgress) => void = () => undefined,
): Promise<ConvertReport> {
  const started = performance.now();
  const target = resolve(request.target);
  if (await stat(target).catch(() => undefined)) {
    throw new TriptychError(
      'OUTPUT_EXISTS',
      `${request.target} exists already; remove it or name another directory`,
    );
  }
  const config = await readConfig(request.source);
  const { architecture, keeps, takesText } = findArchitecture(
    [
      ...((config['architectures'] as string[] | undefined) ?? []),
      config['model_type'] as string | undefined,
    ],
    join(request.source, 'config.json'),
  );
  const all = await listSafetensors(await findSafetensors(request.source));
  const entries = all.filter((e) => keeps(canonicalName(e.name)));
  if (entries.length === 0) {
    throw new TriptychError('TENSOR_MISSING', `${request.source}: holds no tensor of a ${architecture}`);
  }
  const parameters = entries.reduce((sum, e) => sum + elementCount(e.shape), 0);
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  try {
    await mkdir(partial, { recursive: true });
    const digests = await writeWeights(join(partial, WEIGHTS_FILE), entries, request, onProgress);
    const preprocessor = await readJson(join(request.source, PREPROCESSOR_FILE));
    if (preprocessor) await writeJson(join(partial, PREPROCESSOR_FILE), preprocessor);
    const tokenizer = takesText ? await readTokenizer(request.source) : {};
    for (const [name, text] of Object.entries(tokenizer)) await writeFile(join(partial, name), text);
    const metadata: ModelMetadata = {
      model_name: request.modelName ?? basename(resolve(request.source)),
      model_type: String(config['model_type']),
      architecture,
      config,
      total_parameters: parameters,
      num_weight_tensors: entries.length,
      parquet_file: WEIGHTS_FILE,
      converter_version: request.converterVersion,
      fingerprint: modelFingerprint(digests, { architecture, config, preprocessor, tokenizer }),
      ...(request.space === undefined ? {} : { space: request.space }),
    };
    await writeJson(join(partial, METADATA_FILE), metadata);
    const targetBytes = (await stat(join(partial, WEIGHTS_FILE))).size;
    await rename(partial, target);
    return {
      architecture,
      tensors: entries.length,
      parameters,
      leftOut: all.filter((e) => !entries.includes(e)).map((e) => e.name),
      sourceBytes: entries.reduce((sum, e) => sum + e.byteLength, 0),
      targetBytes,
      elapsedMs: performance.now() - started,
    };
  } catch (thrown) {
    await rm(partial, { recursive: true, force: true });
    throw TriptychError.from(
      thrown,
      'FILE_UNREADABLE',
      `${request.target}: could not be written (${messageOf(thrown)})`,
    );
  }
}

/** Writes tensors, reads them back and compares. Returns their digests. */
async function writeWeights(
  path: string,
  entries: readonly SafetensorsEntry[],
  { dtype, compression = 'zstd' }: ConvertRequest,
  onProgress: (progress: ConvertProgress) => void,
): Promise<TensorDigests> {
  const written = new Map<string, string>();
  const totalBytes = entries.reduce(
    (sum, { shape }) => sum + 2 * bytesPerElement[dtype] * elementCount(shape),
    0,
  );
  let doneBytes = 0;
  const done = ({ data }: StoredTensor) =>
    onProgress({ doneBytes: (doneBytes += data.byteLength), totalBytes });
  async function* tensors() {
    for (const entry of entries) {
      const tensor = store(await readSafetensor(entry), canonicalName(entry.name), dtype);
      written.set(tensor.name, tensorDigest(tensor));
      yield tensor;
      done(tensor);
    }
  }
  await writeTensors(path, tensors(), compression);
  const digests = new Map(written);
  const file = await openTensors(path);
  for await (const group of file.read()) {
    for (const tensor of group) {
      if (written.get(tensor.name) !== tensorDigest(tensor)) {
        throw new TriptychError('WEIGHTS_CORRUPT', `${path}: tensor ${tensor.name} was read back different`);
      }
      written.delete(tensor.name);
      done(tensor);
    }
  }
  file.close();
  if (written.size > 0) {
    throw new TriptychError(
      'WEIGHTS_CORRUPT',
      `${path}: ${[...written.keys()].join(', ')} could not be read back`,
    );
  }
  return digests;
}

function store(tensor: StoredTensor, name: string, dtype: DType): StoredTensor {
  if (tensor.dtype === dtype) return { ...tensor, name };
  const floats = new Float32Array(elementCount(tensor.shape));
  upcastInto(floats, tensor);
  const numbers = dtype === 'float16' ? downcastFloat16(floats) : floats;
  return {
    name,
    dtype,
    shape: tensor.shape,
    data: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
  };
}

async function readConfig(source: string): Promise<Record<string, unknown>> {
  const path = join(source, 'config.json');
  const config = await readJson(path);
  if (!config)
    throw new TriptychError(
      'WEIGHTS_MISSING',
      `${path}: no such file; is ${source} a HuggingFace checkpoint?`,
    );
  return config;
}

/** The weights of a HuggingFace directory, or the index of their shards. Throws WEIGHTS_MISSING. */
export async function findSafetensors(source: string): Promise<string> {
  const candidates = ['model.safetensors', 'model.safetensors.index.json'].map((file) => join(source, file));
  for (const path of candidates) if (await stat(path).catch(() => undefined)) return path;
  throw new TriptychError(
    'WEIGHTS_MISSING',
    `${source}: neither ${candidates.map((c) => basename(c)).join(' nor ')} is there`,
  );
}

function writeJson(path: string, value: object): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
