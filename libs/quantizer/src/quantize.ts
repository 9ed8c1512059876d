import { stat } from 'node:fs/promises';
import {
  elementCount,
  type InputRange,
  type Quantization,
  QUANTIZATION_FIELD,
  QUANTIZATION_METHOD,
  type QuantizationConfig,
  TriptychError,
} from '@triptych/core';
import {
  checkAbsent,
  type ModelDirectory,
  openModelDirectory,
  type StoredTensor,
  type WeightCompression,
  writeModel,
} from '@triptych/weight-loader';
import { type Comparison, compareTowers } from './measure.js';
import { type Observation, observe } from './observe.js';
import { quantizeSite } from './quantize-site.js';
import { sitesOf } from './site.js';
import { type CalibrationInputs, openTowers, type Tower } from './tower.js';
import { Trials } from './trial.js';
import { Weights } from './weights.js';

export interface QuantizeRequest {
  /** Model directory in float32 or float16. */
  readonly source: string;
  /** Model directory to write; must not exist. */
  readonly target: string;
  readonly inputs: CalibrationInputs;
  readonly compression?: WeightCompression | undefined;
  /** Default: the source's own. */
  readonly modelName?: string | undefined;
  /** Files to put into the model directory, by name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly converterVersion: string;
}

export interface QuantizeProgress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

export interface QuantizeReport {
  readonly towers: readonly ({
    readonly name: string;
    readonly sites: readonly SiteReport[];
  } & Comparison)[];
  readonly parameters: number;
  /** Of the weights file; float32 would take 4 bytes a parameter. */
  readonly sourceBytes: number;
  readonly targetBytes: number;
  readonly elapsedMs: number;
}

export interface SiteReport {
  readonly block: string;
  readonly name: string;
  /** Squared error of the products ÷ their squared values. */
  readonly error: number;
  readonly int8: boolean;
}

interface QuantizedTower {
  readonly tensors: readonly StoredTensor[];
  readonly ranges: Quantization;
  readonly sites: readonly SiteReport[];
}

/**
 * Makes an int8 model of a float one: watches what every product reads, finds smoothing and range for each, writes the
 * model, and holds it to its original. Throws CONFIG_INVALID, OUTPUT_EXISTS and bad-weights errors.
 */
export async function quantizeModel(
  request: QuantizeRequest,
  onProgress: (progress: QuantizeProgress) => void = () => undefined,
): Promise<QuantizeReport> {
  const started = performance.now();
  const { source, target, inputs } = request;
  await checkAbsent(target);
  const directory = await openModelDirectory(source);
  if (directory.metadata.config[QUANTIZATION_FIELD] !== undefined)
    throw new TriptychError(
      'CONFIG_INVALID',
      `${source} is quantised already; give the float model it was made from`,
    );
  const towers = await openTowers(directory, inputs);
  const quantized: QuantizedTower[] = [];
  for (const tower of towers) quantized.push(await quantizeTower(tower, directory, onProgress));
  const tensors = quantized.flatMap((tower) => tower.tensors);
  const targetBytes = await write(request, directory, tensors, quantized);
  const made = await openModelDirectory(target);
  const madeTowers = await openTowers(made, inputs);
  const comparisons: Comparison[] = [];
  for (const [i, tower] of towers.entries()) {
    const done = counter(onProgress, `comparing ${tower.name}`, tower.samples('measuring').length);
    const pair = { float: { tower, directory }, int8: { tower: madeTowers[i], directory: made } };
    comparisons.push(await compareTowers(pair, done));
  }
  return {
    towers: towers.map(({ name }, i) => ({ name, sites: quantized[i].sites, ...comparisons[i] })),
    parameters: tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    sourceBytes: (await stat(directory.weightsFile)).size,
    targetBytes,
    elapsedMs: performance.now() - started,
  };
}

async function quantizeTower(
  tower: Tower,
  directory: ModelDirectory,
  onProgress: (progress: QuantizeProgress) => void,
): Promise<QuantizedTower> {
  const sites = sitesOf(tower.blocks);
  const watched = counter(onProgress, `observing ${tower.name}`, tower.samples('calibrating').length);
  const observations = await observe(tower, directory, sites, watched);
  const weights = new Weights((await directory.load(tower.tensors)).weights);
  const fitted = counter(onProgress, `fitting ${tower.name}`, sites.length);
  const ranges = new Map<string, InputRange>();
  const reports: SiteReport[] = [];
  const trials = await Trials.start();
  try {
    for (const site of sites) {
      const error = await quantizeSite(trials, site, observations.get(site) as Observation, weights, ranges);
      const int8 = ranges.has(site.weights[0]);
      reports.push({ block: site.block, name: site.name, error, int8 });
      fitted();
    }
  } finally {
    await trials.close();
  }
  const kept = new Set(sites.flatMap((site) => site.weights.filter((name) => !ranges.has(name))));
  return { tensors: weights.names.map((name) => weights.stored(name, kept)), ranges, sites: reports };
}

function write(
  { target, compression, converterVersion, modelName, files }: QuantizeRequest,
  { metadata, preprocessor, tokenizer }: ModelDirectory,
  tensors: readonly StoredTensor[],
  towers: readonly QuantizedTower[],
): Promise<number> {
  const ranges = towers.flatMap((tower) => [...tower.ranges]);
  const quantization: QuantizationConfig = {
    quant_method: QUANTIZATION_METHOD,
    inputs: Object.fromEntries(
      ranges.map(([name, { scale, zeroPoint }]) => [name, { scale, zero_point: zeroPoint }]),
    ),
  };
  const { model_name, model_type, architecture, config, space } = metadata;
  return writeModel({
    target,
    compression,
    schema: 'V2',
    tensors,
    preprocessor,
    tokenizer,
    ...(files ? { files } : {}),
    metadata: {
      model_name: modelName ?? model_name,
      model_type,
      architecture,
      config: { ...config, [QUANTIZATION_FIELD]: quantization },
      total_parameters: tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0),
      num_weight_tensors: tensors.length,
      converter_version: converterVersion,
      ...(space === undefined ? {} : { space }),
    },
  });
}

function counter(onProgress: (progress: QuantizeProgress) => void, step: string, total: number): () => void {
  let done = 0;
  return () => onProgress({ step, done: ++done, total });
}
