import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import {
  ConfigFields,
  type DType,
  elementCount,
  readInt8Weights,
  readQuantization,
  TriptychError,
  type WeightSet,
} from '@triptych/core';
import { assembleInWorkers } from './assemble-in-workers.js';
import { decoderFingerprint, modelFingerprint, type TensorDigests } from './fingerprint.js';
import { inWorker } from './in-worker.js';
import type { LoadedWeights, StoredWeights, TensorsRead } from './loaded-weights.js';
import type { Assembled } from './model-directory/assemble.js';
import { type Inspection, inspectPath } from './model-directory/inspect.js';
import type { FindLayout, TextFiles } from './model-directory/layout.js';
import type { Checkpoint } from './model-directory/checkpoint.js';
import type {
  CheckpointTensor,
  ConvertProgress,
  ConvertReport,
  ConvertRequest,
} from './model-directory/convert.js';
import {
  METADATA_FILE,
  type ModelMetadata,
  PREPROCESSOR_FILE,
  readJson,
  readMetadata,
  readTexts,
  weightsFile,
  type WeightsMetadata,
} from './model-directory/files.js';
import type { Wanted } from './model-directory/plan.js';
import type { TensorEntry } from './parquet/header.js';
import type { SchemaVersion } from './parquet/schema.js';
import { type ReadOptions, readStored } from './stored-reader.js';
import type { ConvertCall, WriteCall } from './weights-worker.js';

/** A model directory whose description has been read, and whose weights can be: those that vectors are made with. */
export interface ModelDirectory extends StoredModel {
  readonly metadata: ModelMetadata;
  /** The name of its family. */
  readonly architecture: string;
  /** The checkpoint's own `preprocessor_config.json`; undefined where it has none. */
  readonly preprocessor: Record<string, unknown> | undefined;
  /** What generates text, where the model has that. */
  readonly decoder?: StoredModel;
}

/** A file of weights and the text files that belong to it. */
export interface StoredModel {
  readonly directory: string;
  readonly metadata: WeightsMetadata;
  /** Path of the weights file. */
  readonly weightsFile: string;
  /** The other text files that are part of the model, by their paths. */
  readonly files: TextFiles;
  /**
   * Reads the weights, upcast to float32 but for those that the configuration has computed in int8; with `only`, those
   * whose name it finds. Throws a TriptychError that names file and tensor.
   */
  load(only?: RegExp): Promise<LoadedWeights>;
  /**
   * As `load`, but without upcasting: each tensor keeps its stored type. Tensors of a file that `convert` wrote uncompressed stay in
   * it and are given by their offsets. Any other file is decoded.
   */
  loadStored(only?: RegExp, options?: ReadOptions): Promise<StoredWeights>;
  /** What all of the file's weights are, once every part of them was loaded. Rejects with WEIGHTS_CORRUPT. */
  identify(parts: readonly TensorsRead[]): Promise<ModelIdentity>;
}

export interface ModelIdentity {
  /** float32, float16, bfloat16 or int8: what most parameters are stored as. */
  readonly weightType: DType;
  /** sha256, lower-case hex, over weights, configuration and preprocessing. */
  readonly fingerprint: string;
}

/** Reads and checks a model directory's description. Throws a TriptychError that names the file, and as `findLayout` does. */
export async function openModelDirectory(directory: string, findLayout: FindLayout): Promise<ModelDirectory> {
  const metadata = await readMetadata(directory);
  const layout = findLayout(
    { architecture: metadata.architecture, model_type: metadata.model_type },
    join(directory, METADATA_FILE),
  );
  const { name: architecture, names } = layout;
  const preprocessor = await readJson(directory, PREPROCESSOR_FILE);
  const { files, decoderFiles } = await readTexts(directory, layout);
  const { config, decoder } = metadata;
  const fields = new ConfigFields(config);
  const int8 = new Set([...(readQuantization(fields)?.keys() ?? []), ...readInt8Weights(fields)]);
  const open = async (of: OpenedFile): Promise<Omit<StoredModel, 'metadata'>> => ({
    directory,
    files: of.files,
    ...weightsAt(directory, await weightsFile(directory, of.metadata), { names, int8 }, of),
  });
  return {
    ...(await open({
      metadata,
      files,
      fingerprint: (digests) => modelFingerprint(digests, { architecture, config, preprocessor, files }),
    })),
    metadata,
    architecture,
    preprocessor,
    ...(decoder && {
      decoder: {
        ...(await open({
          metadata: decoder,
          files: decoderFiles,
          fingerprint: (digests) =>
            decoderFingerprint(digests, { architecture, config, files: decoderFiles }),
        })),
        metadata: decoder,
      },
    }),
  };
}

/** A file of weights, the text files that belong to it, and how it is known. */
interface OpenedFile {
  readonly metadata: WeightsMetadata;
  readonly files: TextFiles;
  readonly fingerprint: (digests: TensorDigests) => Promise<string>;
}

function weightsAt(
  directory: string,
  path: string,
  wanted: Pick<Wanted, 'names' | 'int8'>,
  { metadata, fingerprint }: OpenedFile,
): Pick<StoredModel, 'weightsFile' | 'load' | 'loadStored' | 'identify'> {
  return {
    weightsFile: path,
    load: async (only) => {
      const { digests, ...weights } = await assembleInWorkers({ path, ...wanted, only, upcast: true });
      return { weights: { ...weights, file: path }, digests, tensors: weights.tensors };
    },
    loadStored: (only, options) => readStored(path, { ...wanted, only, upcast: false }, options),
    identify: async (parts) => {
      const tensors = new Map(parts.flatMap((part) => [...part.tensors]));
      checkCounts(path, tensors, metadata);
      const found = await fingerprint(new Map(parts.flatMap((part) => [...part.digests])));
      checkFingerprint(directory, found, metadata);
      return { weightType: mainType(tensors), fingerprint: found };
    },
  };
}

/** One tensor of a weights file as float32, by its name there. Throws TENSOR_MISSING. */
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
  { num_weight_tensors, total_parameters }: WeightsMetadata,
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
function checkFingerprint(
  directory: string,
  found: string,
  { fingerprint: expected }: WeightsMetadata,
): void {
  if (expected === undefined || expected === found) return;
  throw new TriptychError(
    'WEIGHTS_CORRUPT',
    `${directory}: fingerprint ${found}; metadata.json has ${expected} from its conversion. Weights, configuration, ` +
      'preprocessor or other files have changed since: convert the checkpoint again, or remove the field if you meant to',
  );
}

/** What a weights file holds, without reading its data. */
export function listWeights(path: string): Promise<{ version: SchemaVersion; tensors: TensorEntry[] }> {
  return inWorker(path, 'list', path);
}

/** What a model directory, a HuggingFace checkpoint, or a Parquet or safetensors file holds, without its data. */
export function inspect(path: string, findLayout: FindLayout): Promise<Inspection> {
  return inspectPath(path, findLayout, (call) => inWorker(path, 'inspect', call));
}

/** Every tensor of a checkpoint, by canonical name; reads headers only. Throws WEIGHTS_MISSING, WEIGHTS_CORRUPT, TENSOR_MISSING, FILE_OUTSIDE. */
export function listCheckpoint(checkpoint: Checkpoint): Promise<CheckpointTensor[]> {
  return inWorker(checkpoint.directory, 'checkpoint', checkpoint);
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
  return inWorker(request.checkpoint.directory, 'convert', call, [port2]);
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
