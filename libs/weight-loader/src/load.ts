import { MessageChannel } from 'node:worker_threads';
import {
  ConfigFields,
  type DType,
  elementCount,
  readQuantization,
  TriptychError,
  type WeightSet,
} from '@triptych/core';
import { modelFingerprint } from './fingerprint.js';
import { inWorker } from './in-worker.js';
import type { LoadedWeights, StoredWeights, TensorsRead } from './loaded-weights.js';
import { type Architecture, findArchitecture } from './model-directory/architecture.js';
import type { Assembled } from './model-directory/assemble.js';
import type { Inspection } from './model-directory/inspect.js';
import type { ConvertProgress, ConvertReport, ConvertRequest } from './model-directory/convert.js';
import {
  type ModelMetadata,
  PREPROCESSOR_FILE,
  readJson,
  readMetadata,
  readTokenizer,
  type TokenizerFiles,
  weightsFile,
} from './model-directory/files.js';
import type { TensorEntry } from './parquet/header.js';
import type { SchemaVersion } from './parquet/schema.js';
import { readStored } from './stored-reader.js';
import type { ConvertCall, WriteCall } from './weights-worker.js';

/** A model directory whose description has been read, and whose weights can be. */
export interface ModelDirectory {
  readonly directory: string;
  readonly metadata: ModelMetadata;
  /** Path of the weights file. */
  readonly weightsFile: string;
  readonly architecture: Architecture;
  /** The checkpoint's own `preprocessor_config.json`; undefined where it has none. */
  readonly preprocessor: Record<string, unknown> | undefined;
  /** Contents of the checkpoint's own tokenizer files, by name; empty where it has none. */
  readonly tokenizer: TokenizerFiles;
  /**
   * Reads the weights, upcast to float32 but for those that the configuration has computed in int8; with `only`, those
   * whose name it finds. Throws a TriptychError that names file and tensor.
   */
  load(only?: RegExp): Promise<LoadedWeights>;
  /**
   * As `load`, but without upcasting: each tensor keeps its stored type. Tensors of a file that `convert` wrote uncompressed stay in
   * it and are given by their offsets. Any other file is decoded once `after` has settled, because decoded weights take memory until
   * a session has copied them.
   */
  loadStored(only?: RegExp, after?: Promise<unknown>): Promise<StoredWeights>;
  /** What all of a model's weights are, once every part of them was loaded. Throws WEIGHTS_CORRUPT. */
  identify(parts: readonly TensorsRead[]): ModelIdentity;
}

export interface ModelIdentity {
  /** float32, float16, bfloat16 or int8: what most parameters are stored as. */
  readonly weightType: DType;
  /** sha256, lower-case hex, over weights, configuration and preprocessing. */
  readonly fingerprint: string;
}

/** Reads and checks a model directory's description. Throws a TriptychError that names the file. */
export async function openModelDirectory(directory: string): Promise<ModelDirectory> {
  const metadata = await readMetadata(directory);
  const path = await weightsFile(directory, metadata);
  const { architecture, takesText } = findArchitecture(
    [metadata.architecture, metadata.model_type],
    directory,
  );
  const preprocessor = await readJson(directory, PREPROCESSOR_FILE);
  const tokenizer = takesText ? await readTokenizer(directory) : {};
  const int8 = new Set(readQuantization(new ConfigFields(metadata.config))?.keys());
  const load = async (only?: RegExp) => {
    const { digests, ...weights } = await inWorker<Assembled>(path, 'assemble', {
      path,
      only,
      int8,
      upcast: true,
    });
    return { weights, digests, tensors: weights.tensors };
  };
  const loadStored = (only?: RegExp, after?: Promise<unknown>) =>
    readStored(path, { only, int8, upcast: false }, after);
  const identify = (parts: readonly TensorsRead[]) => {
    const tensors = new Map(parts.flatMap((part) => [...part.tensors]));
    const digests = new Map(parts.flatMap((part) => [...part.digests]));
    checkCounts(path, tensors, metadata);
    const recipe = { architecture, config: metadata.config, preprocessor, tokenizer };
    const found = modelFingerprint(digests, recipe);
    checkFingerprint(directory, found, metadata);
    return { weightType: mainType(tensors), fingerprint: found };
  };
  return {
    directory,
    metadata,
    weightsFile: path,
    architecture,
    preprocessor,
    tokenizer,
    load,
    loadStored,
    identify,
  };
}

/** One tensor of a weights file as float32, by its canonical name. Throws TENSOR_MISSING. */
export async function loadTensor(
  path: string,
  name: string,
): Promise<{ shape: readonly number[]; values: Float32Array }> {
  const only = new RegExp(`^${name.replaceAll('.', '\\.')}$`);
  const { tensors, parts } = await inWorker<Assembled>(path, 'assemble', { path, only, upcast: true });
  const tensor = tensors.get(name);
  if (!tensor) throw new TriptychError('TENSOR_MISSING', `${path}: no tensor ${name}`, { field: name });
  return {
    shape: tensor.shape,
    values: new Float32Array(parts[tensor.part], tensor.byteOffset, elementCount(tensor.shape)),
  };
}

/** Throws WEIGHTS_CORRUPT where a file holds something else than its metadata promises. */
function checkCounts(
  path: string,
  tensors: WeightSet['tensors'],
  { num_weight_tensors, total_parameters }: ModelMetadata,
): void {
  const parameters = [...tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  if (tensors.size === num_weight_tensors && parameters === total_parameters) return;
  throw new TriptychError(
    'WEIGHTS_CORRUPT',
    `${path}: ${tensors.size} tensors with ${parameters} parameters; metadata.json promises ` +
      `${num_weight_tensors} with ${total_parameters}`,
  );
}

/** Throws WEIGHTS_CORRUPT where weights, configuration or preprocessing are not what was converted. */
function checkFingerprint(directory: string, found: string, { fingerprint: expected }: ModelMetadata): void {
  if (expected === undefined || expected === found) return;
  throw new TriptychError(
    'WEIGHTS_CORRUPT',
    `${directory}: fingerprint ${found}; metadata.json has ${expected} from its conversion. Weights, configuration, ` +
      'preprocessor or tokenizer have changed since: convert the checkpoint again, or remove the field if you meant to',
  );
}

/** What a weights file holds, without reading its data. */
export function listWeights(path: string): Promise<{ version: SchemaVersion; tensors: TensorEntry[] }> {
  return inWorker(path, 'list', path);
}

/** What a model directory, a HuggingFace checkpoint, or a Parquet or safetensors file holds, without its data. */
export function inspect(path: string): Promise<Inspection> {
  return inWorker(path, 'inspect', path);
}

/** Converts a HuggingFace checkpoint to a model directory. See {@link ConvertRequest}. */
export function convert(
  request: ConvertRequest,
  onProgress: (progress: ConvertProgress) => void = () => undefined,
): Promise<ConvertReport> {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', onProgress);
  port1.unref();
  const call: ConvertCall = { request, progress: port2 };
  return inWorker(request.source, 'convert', call, [port2]);
}

/** Writes a model directory of tensors that are there already. See {@link writeModelDirectory}. */
export function writeModel(contents: WriteCall): Promise<number> {
  return inWorker(contents.target, 'write', contents);
}

function mainType(tensors: WeightSet['tensors']): DType {
  const counts = new Map<DType, number>();
  for (const { storedAs, shape } of tensors.values())
    counts.set(storedAs, (counts.get(storedAs) ?? 0) + elementCount(shape));
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'float32';
}
