import { basename, resolve } from 'node:path';
import {
  beyondFloat16,
  type DType,
  downcastFloat16,
  elementCount,
  fileWithin,
  tensorError,
  TriptychError,
} from '@triptych/core';
import { inFile } from '../in-file.js';
import { bytesPerElement, type StoredTensor, upcastInto } from '../numbers/stored-tensor.js';
import type { WeightCompression } from '../parquet/write.js';
import { listSafetensors, readSafetensor, type SafetensorsEntry } from '../safetensors/read.js';
import type { Checkpoint } from './checkpoint.js';
import { canonicalName } from './layout.js';
import { findSafetensors } from './safetensors-of.js';
import { checkAbsent } from './target.js';
import { type ModelContents, writeModelDirectory } from './write-model.js';

export interface ConvertRequest {
  readonly checkpoint: Checkpoint;
  /** What its files of weights hold, see {@link listCheckpoint}. */
  readonly tensors: readonly CheckpointTensor[];
  /** Tensors that it must hold, with their shapes, by canonical name. Default: none in particular. */
  readonly required?: ReadonlyMap<string, readonly number[]>;
  /** Likewise those of its decoder. Default: its decoder is left out. */
  readonly decoder?: ReadonlyMap<string, readonly number[]> | undefined;
  /** Model directory to write; must not exist. */
  readonly target: string;
  /** How weights are stored. */
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
  /** Parameters of its decoder; 0 where it has none. */
  readonly decoderParameters: number;
  /** Tensors of the checkpoint that the model does not need. */
  readonly leftOut: readonly string[];
  readonly sourceBytes: number;
  readonly targetBytes: number;
  readonly elapsedMs: number;
}

/**
 * Converts a checkpoint to a model directory, tensor by tensor. See {@link writeModelDirectory}. Throws CONFIG_INVALID for finite
 * values that float16 would make infinite.
 */
export async function convertCheckpoint(
  request: ConvertRequest,
  onProgress: (progress: ConvertProgress) => void = () => undefined,
): Promise<ConvertReport> {
  const started = performance.now();
  const { checkpoint, tensors: all, required, target, dtype, compression, space } = request;
  await checkAbsent(target);
  const { directory, architecture, names, config, preprocessor, files } = checkpoint;
  const decoder = request.decoder && checkpoint.decoder;
  const entries = all.filter(({ name }) => names.keeps.test(name));
  if (entries.length === 0)
    throw new TriptychError('TENSOR_MISSING', `${directory}: holds no tensor of a ${architecture}`);
  const file = await findSafetensors(directory);
  checkRequired(entries, required, file);
  const decoding = decoder ? all.filter(({ name }) => decoder.tensors.test(name)) : [];
  checkRequired(decoding, request.decoder, file);
  const kept = [...entries, ...decoding];
  const [parameters, decoderParameters] = [parametersOf(entries), parametersOf(decoding)];
  const totalBytes = 2 * bytesPerElement[dtype] * (parameters + decoderParameters);
  let doneBytes = 0;
  const contents: ModelContents = {
    target,
    compression,
    metadata: {
      model_name: request.modelName ?? basename(resolve(directory)),
      model_type: String(config['model_type']),
      architecture,
      config,
      total_parameters: parameters,
      num_weight_tensors: entries.length,
      converter_version: request.converterVersion,
      ...(space === undefined ? {} : { space }),
    },
    preprocessor,
    description: files,
    tensors: stored(entries, dtype),
    ...(decoder && {
      decoder: {
        total_parameters: decoderParameters,
        num_weight_tensors: decoding.length,
        description: decoder.files,
        tensors: stored(decoding, dtype),
      },
    }),
  };
  const targetBytes = await writeModelDirectory(contents, (bytes) =>
    onProgress({ doneBytes: (doneBytes += bytes), totalBytes }),
  );
  return {
    architecture,
    tensors: kept.length,
    parameters,
    decoderParameters,
    leftOut: all.filter((entry) => !kept.includes(entry)).map(({ storedName }) => storedName),
    sourceBytes: kept.reduce((sum, e) => sum + e.byteLength, 0),
    targetBytes,
    elapsedMs: performance.now() - started,
  };
}

function parametersOf(entries: readonly CheckpointTensor[]): number {
  return entries.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/** A checkpoint's tensor, by its canonical name. */
export interface CheckpointTensor extends SafetensorsEntry {
  /** As its file has it. */
  readonly storedName: string;
}

/** Every tensor of a checkpoint. Reads headers only. Throws WEIGHTS_MISSING, WEIGHTS_CORRUPT, TENSOR_MISSING, FILE_OUTSIDE. */
export async function listCheckpoint({
  directory,
  names,
  moreWeights,
}: Checkpoint): Promise<CheckpointTensor[]> {
  const files = [{ path: await findSafetensors(directory), prefix: '' }];
  for (const { path, prefix } of moreWeights) files.push({ path: await fileWithin(directory, path), prefix });
  const all: CheckpointTensor[] = [];
  for (const { path, prefix } of files) {
    for (const entry of await listSafetensors(path)) {
      const name = canonicalName(prefix + entry.name, names);
      all.push({ ...entry, name, storedName: prefix + entry.name });
    }
  }
  return all;
}

/** Throws TENSOR_MISSING, which names `file`, or TENSOR_SHAPE, for the first that is not as it is required. */
function checkRequired(
  entries: readonly CheckpointTensor[],
  required: ConvertRequest['required'] = new Map(),
  file: string,
): void {
  const found = new Map(entries.map((entry) => [entry.name, entry]));
  for (const [name, shape] of required) {
    const entry = found.get(name);
    const expected = `expected shape [${shape.join(', ')}]`;
    if (!entry) throw tensorError('TENSOR_MISSING', { file }, name, ` is missing; ${expected}`);
    if (String(entry.shape) === String(shape)) continue;
    throw tensorError('TENSOR_SHAPE', entry, name, `: ${expected}, found [${entry.shape.join(', ')}]`);
  }
}

async function* stored(entries: readonly CheckpointTensor[], dtype: DType): AsyncGenerator<StoredTensor> {
  for (const entry of entries) {
    try {
      yield store(await readSafetensor({ ...entry, name: entry.storedName }), entry, dtype);
    } catch (thrown) {
      throw inFile(entry.file, thrown);
    }
  }
}

function store(tensor: StoredTensor, { name, file }: CheckpointTensor, dtype: DType): StoredTensor {
  if (tensor.dtype === dtype) return { ...tensor, name };
  const floats = new Float32Array(elementCount(tensor.shape));
  upcastInto(floats, tensor);
  const numbers = dtype === 'float16' ? toFloat16(floats, tensor.name, file) : floats;
  return {
    name,
    dtype,
    shape: tensor.shape,
    data: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
  };
}

/** What a checkpoint itself holds as infinite or NaN stays so. */
function toFloat16(values: Float32Array, name: string, file: string): Uint16Array<ArrayBuffer> {
  const beyond = beyondFloat16(values);
  if (beyond === undefined) return downcastFloat16(values);
  throw new TriptychError(
    'CONFIG_INVALID',
    `${file}: tensor ${name} holds ${beyond}, and float16 ends at 65504: convert the checkpoint with --dtype float32`,
    { field: name },
  );
}
