import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TriptychError } from '@triptych/core';

export const METADATA_FILE = 'metadata.json';
export const WEIGHTS_FILE = 'weights.parquet';
export const PREPROCESSOR_FILE = 'preprocessor_config.json';
/** Files of a checkpoint's tokenizer; the first holds everything, the others are what it can be made from. */
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'vocab.json', 'merges.txt'] as const;

/** Contents of tokenizer files by name. */
export type TokenizerFiles = Readonly<Partial<Record<(typeof TOKENIZER_FILES)[number], string>>>;

/** `metadata.json` of a model directory. */
export interface ModelMetadata {
  readonly model_name: string;
  readonly model_type: string;
  readonly architecture: string;
  readonly config: Record<string, unknown>;
  readonly total_parameters: number;
  readonly num_weight_tensors: number;
  readonly parquet_file?: string;
  readonly converter_version?: string;
  /** Of weights, configuration and preprocessing, as they were converted: what is loaded must have the same. */
  readonly fingerprint?: string;
  /** Encoders of models that name the same space give vectors that can be compared. */
  readonly space?: string;
}

/** Reads and checks `metadata.json`. Throws WEIGHTS_MISSING, WEIGHTS_CORRUPT or MODEL_CONFIG. */
export async function readMetadata(directory: string): Promise<ModelMetadata> {
  const path = join(directory, METADATA_FILE);
  const metadata = await readJson(path);
  if (metadata === undefined)
    throw new TriptychError('WEIGHTS_MISSING', `${path}: no such file; is ${directory} a model directory?`);
  const problems = [
    ...['model_name', 'model_type', 'architecture'].filter((key) => typeof metadata[key] !== 'string'),
    ...['total_parameters', 'num_weight_tensors'].filter((key) => typeof metadata[key] !== 'number'),
    ...(isRecord(metadata['config']) ? [] : ['config']),
  ];
  if (problems.length > 0) {
    throw new TriptychError('MODEL_CONFIG', `${path}: missing or of the wrong type: ${problems.join(', ')}`);
  }
  return metadata as unknown as ModelMetadata;
}

/** The tokenizer files of a directory, those that are there. */
export async function readTokenizer(directory: string): Promise<TokenizerFiles> {
  const files = await Promise.all(
    TOKENIZER_FILES.map(async (name) => [name, await readText(join(directory, name))] as const),
  );
  return Object.fromEntries(files.filter(([, text]) => text !== undefined));
}

/** A JSON object file, or undefined where there is none. */
export async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new TriptychError('WEIGHTS_CORRUPT', `${path}: not valid JSON (${messageOf(cause)})`, { cause });
  }
  throw new TriptychError('WEIGHTS_CORRUPT', `${path}: a JSON object was expected`);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TriptychError('WEIGHTS_MISSING', `${path}: cannot be read (${messageOf(cause)})`, { cause });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
