import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileWithin, messageOf, parseJson, TriptychError } from '@triptych/core';
import type { ModelLayout, TextFiles } from './layout.js';

export const METADATA_FILE = 'metadata.json';
export const WEIGHTS_FILE = 'weights.parquet';
export const DECODER_FILE = 'decoder.parquet';
export const PREPROCESSOR_FILE = 'preprocessor_config.json';

/** The largest tokenizers have some 40 MB; what is larger is not read into memory. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;
/** Some milliseconds' decoding. */
const PIECE_BYTES = 512 * 1024;

/** What `metadata.json` says of a file of weights. */
export interface WeightsMetadata {
  readonly total_parameters: number;
  readonly num_weight_tensors: number;
  readonly parquet_file?: string;
  /** Of weights, configuration and text files, as they were converted: what is loaded must have the same. */
  readonly fingerprint?: string;
}

/** `metadata.json` of a model directory. What it says of weights is of those that make vectors. */
export interface ModelMetadata extends WeightsMetadata {
  readonly model_name: string;
  readonly model_type: string;
  readonly architecture: string;
  readonly config: Record<string, unknown>;
  readonly converter_version?: string;
  /** Of what generates text, where the model has that. */
  readonly decoder?: WeightsMetadata;
  /** Encoders of models that name the same space give vectors that can be compared. */
  readonly space?: string;
}

/** Reads and checks `metadata.json`. Throws WEIGHTS_MISSING, WEIGHTS_CORRUPT, MODEL_CONFIG or FILE_OUTSIDE. */
export async function readMetadata(directory: string): Promise<ModelMetadata> {
  const path = await fileWithin(directory, METADATA_FILE);
  const metadata = await readJson(directory, METADATA_FILE);
  if (metadata === undefined)
    throw new TriptychError('WEIGHTS_MISSING', `${path}: no such file; is ${directory} a model directory?`);
  const problems = [
    ...['model_name', 'model_type', 'architecture'].filter((key) => typeof metadata[key] !== 'string'),
    ...['total_parameters', 'num_weight_tensors'].filter((key) => typeof metadata[key] !== 'number'),
    ...(isRecord(metadata['config']) ? [] : ['config']),
    ...(['string', 'undefined'].includes(typeof metadata['parquet_file']) ? [] : ['parquet_file']),
    ...decoderProblems(metadata['decoder']),
  ];
  if (problems.length > 0) {
    throw new TriptychError('MODEL_CONFIG', `${path}: missing or of the wrong type: ${problems.join(', ')}`);
  }
  return metadata as unknown as ModelMetadata;
}

function decoderProblems(decoder: unknown): string[] {
  if (decoder === undefined) return [];
  if (!isRecord(decoder)) return ['decoder'];
  const counts = ['total_parameters', 'num_weight_tensors'];
  return [
    ...counts.filter((key) => typeof decoder[key] !== 'number'),
    ...['parquet_file', 'fingerprint'].filter((key) => typeof decoder[key] !== 'string'),
  ].map((key) => `decoder.${key}`);
}

/** The weights file of a model directory, as its metadata names it. Throws FILE_OUTSIDE. */
export function weightsFile(directory: string, { parquet_file }: WeightsMetadata): Promise<string> {
  return fileWithin(directory, parquet_file ?? WEIGHTS_FILE);
}

/** A model's text files. */
export interface ModelTexts {
  readonly files: TextFiles;
  /** Those of its decoder. */
  readonly decoderFiles: TextFiles;
}

/** The text files of a model that are there, and those that they name. Throws FILE_OUTSIDE or WEIGHTS_CORRUPT. */
export async function readTexts(
  directory: string,
  { files: { required, optional, namedIn }, decoder }: Pick<ModelLayout, 'files' | 'decoder'>,
): Promise<ModelTexts> {
  const first = await readEach(directory, [...required, ...optional]);
  const all = Object.entries({ ...first, ...(await readEach(directory, namedIn?.(first) ?? [])) });
  const isDecoders = ([path]: [string, string]) => decoder?.files.includes(path) ?? false;
  return {
    files: Object.fromEntries(all.filter((file) => !isDecoders(file))),
    decoderFiles: Object.fromEntries(all.filter(isDecoders)),
  };
}

async function readEach(directory: string, names: readonly string[]): Promise<TextFiles> {
  const files: Record<string, string> = {};
  for (const name of names) {
    const text = await readText(await fileWithin(directory, name));
    if (text !== undefined) files[name] = text;
  }
  return files;
}

/** A JSON object file of a directory, or undefined where there is none. Throws FILE_OUTSIDE or WEIGHTS_CORRUPT. */
export async function readJson(
  directory: string,
  name: string,
): Promise<Record<string, unknown> | undefined> {
  const path = await fileWithin(directory, name);
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new TriptychError('WEIGHTS_CORRUPT', `${path}: ${messageOf(cause)}`, { cause });
  }
  throw new TriptychError('WEIGHTS_CORRUPT', `${path}: a JSON object was expected`);
}

/** The text of a file, or undefined where there is none. Throws WEIGHTS_MISSING or WEIGHTS_CORRUPT. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size <= MAX_TEXT_BYTES) return await readInTurns(path);
    throw new TriptychError(
      'WEIGHTS_CORRUPT',
      `${path}: ${size} bytes; a description of a model has at most ${MAX_TEXT_BYTES}`,
    );
  } catch (cause) {
    if (cause instanceof TriptychError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR')
      throw new TriptychError('WEIGHTS_MISSING', `${dirname(path)}: is a file; expected a directory`, {
        cause,
      });
    throw new TriptychError('WEIGHTS_MISSING', `${path}: cannot be read (${messageOf(cause)})`, { cause });
  }
}

/** The event loop turns between its pieces: a tokenizer may have many MB. */
async function readInTurns(path: string): Promise<string> {
  let text = '';
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: PIECE_BYTES }))
    text += piece as string;
  return text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
