import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type DType, downcastFloat16, elementCount, fileWithin, TriptychError } from '@triptych/core';
import { bytesPerElement, type StoredTensor, upcastInto } from '../numbers/stored-tensor.js';
import type { WeightCompression } from '../parquet/write.js';
import { listSafetensors, readSafetensor, type SafetensorsEntry } from '../safetensors/read.js';
import { findArchitecture } from './architecture.js';
import { PREPROCESSOR_FILE, readJson, readTokenizer } from './files.js';
import { canonicalName } from './names.js';
import { checkAbsent, type ModelContents, writeModelDirectory } from './write-model.js';

export interface ConvertRequest {
  /** HuggingFace checkpoint directory: config.json and model.safetensors, or its shards' index. */
  readonly source: string;
  /** Model directory to write; must not exist. */
  readonly target: string;
  readonly dtype: 'float16' | 'float32';
  /** Default: none. */
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

/** Converts a checkpoint to a model directory, tensor by tensor. See {@link writeModelDirectory}. */
export async function convertCheckpoint(
  request: ConvertRequest,
  onProgress: (progress: ConvertProgress) => void = () => undefined,
): Promise<ConvertReport> {
  const started = performance.now();
  const { source, target, dtype, compression, space } = request;
  await checkAbsent(target);
  const config = await readConfig(source);
  const { architecture, keeps, takesText } = findArchitecture(
    [
      ...((config['architectures'] as string[] | undefined) ?? []),
      config['model_type'] as string | undefined,
    ],
    join(source, 'config.json'),
  );
  const all = await listSafetensors(await findSafetensors(source));
  const entries = all.filter((e) => keeps(canonicalName(e.name)));
  if (entries.length === 0)
    throw new TriptychError('TENSOR_MISSING', `${source}: holds no tensor of a ${architecture}`);
  const parameters = entries.reduce((sum, e) => sum + elementCount(e.shape), 0);
  const totalBytes = 2 * bytesPerElement[dtype] * parameters;
  let doneBytes = 0;
  const contents: ModelContents = {
    target,
    compression,
    metadata: {
      model_name: request.modelName ?? basename(resolve(source)),
      model_type: String(config['model_type']),
      architecture,
      config,
      total_parameters: parameters,
      num_weight_tensors: entries.length,
      converter_version: request.converterVersion,
      ...(space === undefined ? {} : { space }),
    },
    preprocessor: await readJson(source, PREPROCESSOR_FILE),
    tokenizer: takesText ? await readTokenizer(source) : {},
    tensors: stored(entries, dtype),
  };
  const targetBytes = await writeModelDirectory(contents, (bytes) =>
    onProgress({ doneBytes: (doneBytes += bytes), totalBytes }),
  );
  return {
    architecture,
    tensors: entries.length,
    parameters,
    leftOut: all.filter((e) => !entries.includes(e)).map((e) => e.name),
    sourceBytes: entries.reduce((sum, e) => sum + e.byteLength, 0),
    targetBytes,
    elapsedMs: performance.now() - started,
  };
}

async function* stored(entries: readonly SafetensorsEntry[], dtype: DType): AsyncGenerator<StoredTensor> {
  for (const entry of entries) yield store(await readSafetensor(entry), canonicalName(entry.name), dtype);
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
  const config = await readJson(source, 'config.json');
  if (!config)
    throw new TriptychError(
      'WEIGHTS_MISSING',
      `${join(source, 'config.json')}: no such file; is ${source} a HuggingFace checkpoint?`,
    );
  return config;
}

/** The weights of a HuggingFace directory, or the index of their shards. Throws WEIGHTS_MISSING or FILE_OUTSIDE. */
export async function findSafetensors(source: string): Promise<string> {
  const names = ['model.safetensors', 'model.safetensors.index.json'];
  for (const name of names) {
    const path = await fileWithin(source, name);
    if (existsSync(path)) return path;
  }
  throw new TriptychError('WEIGHTS_MISSING', `${source}: neither ${names.join(' nor ')} is there`);
}
