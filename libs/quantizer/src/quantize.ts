import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { elementCount, QUANTIZATION_FIELD, renameFlushed, TriptychError } from '@triptych/core';
import {
  families as builtIn,
  type ModelFamily,
  type OpenModel,
  openModel,
  towersOf,
} from '@triptych/model-families';
import { checkAbsent, scratchOf } from '@triptych/weight-loader';
import { type Comparison, compareTowers } from './measure.js';
import { counter, type OnProgress } from './progress.js';
import { type QuantizedDecoder, quantizeDecoder } from './quantize-decoder.js';
import { quantizeTower } from './quantize-tower.js';
import type { QuantizedTower } from './quantized-tower.js';
import { type CalibrationInputs, type SampledTower, sampledTowers } from './sampled-tower.js';
import { type ModelToWrite, writeQuantized } from './write.js';

export const DEFAULT_MIN_COSINE = 0.99;

export interface QuantizeRequest extends ModelToWrite {
  /** Model directory in float32 or float16. */
  readonly source: string;
  readonly inputs: CalibrationInputs;
  /**
   * Lowest cosine that a sample's vector may have to its float original; the worst parts stay in float until it holds.
   * Default: {@link DEFAULT_MIN_COSINE}.
   */
  readonly minCosine?: number | undefined;
  /** Write the model even where it does not hold. Default: no. */
  readonly allowBelow?: boolean | undefined;
  /** Default: those that Triptych has. */
  readonly families?: readonly ModelFamily[] | undefined;
}

export interface QuantizeReport {
  readonly towers: readonly ({
    readonly name: string;
    /** Lowest cosine to float of all samples' vectors, those that calibrated too. */
    readonly reached: number;
    /** Products by block, and tables. */
    readonly sites: readonly SiteReport[];
  } & Comparison)[];
  /** The bound, and whether every tower's vectors keep it. */
  readonly minCosine: number;
  readonly holds: boolean;
  /** False where the bound does not hold, or holds with no product in int8 alone: then nothing was written. */
  readonly written: boolean;
  /** Of the decoder, too, where there is one. */
  readonly parameters: number;
  /** Products of the decoder, all of which have their weights in int8; undefined where there is none. */
  readonly decoderProducts?: number;
  /** Of the weights files; float32 would take 4 bytes a parameter. */
  readonly sourceBytes: number;
  readonly targetBytes: number;
  readonly elapsedMs: number;
}

export interface SiteReport {
  /** `table` where it belongs to none. */
  readonly block: string;
  readonly name: string;
  /** Squared error of the products, or of a table's values, ÷ their squared values. */
  readonly error: number;
  readonly int8: boolean;
}

/**
 * Makes an int8 model of a float one: watches what every product reads, finds smoothing and range for each, keeps in float what
 * would take vectors beyond the bound, writes the model, and holds it to its original. Throws CONFIG_INVALID, OUTPUT_EXISTS and
 * bad-weights errors.
 */
export async function quantizeModel(
  request: QuantizeRequest,
  onProgress: OnProgress = () => undefined,
): Promise<QuantizeReport> {
  const started = performance.now();
  const { source, target, inputs, minCosine = DEFAULT_MIN_COSINE, families = builtIn } = request;
  await checkAbsent(target);
  const model = await openModel(source, families);
  const { directory } = model;
  if (directory.metadata.config[QUANTIZATION_FIELD] !== undefined)
    throw new TriptychError(
      'CONFIG_INVALID',
      `${source} is quantised already; give the float model it was made from`,
    );
  if (towersOf(model.model).every(({ tower }) => tower.sites.length === 0))
    throw new TriptychError(
      'CONFIG_INVALID',
      `${source}: models of ${directory.architecture} are served in float alone; expected one whose products may be in int8`,
    );
  const towers = await sampledTowers(model, inputs);
  const quantized: QuantizedTower[] = [];
  for (const tower of towers)
    quantized.push(await quantizeTower(tower, model, { ...request, minCosine, families }, onProgress));
  const decoder = await quantizeDecoder(model);
  // It has its name once it is known to keep the bound, and not before.
  const made = join(scratchOf(target), 'made');
  try {
    const targetBytes = await writeQuantized({ ...request, target: made }, directory, quantized, decoder);
    const comparisons = await compare(towers, model, await openModel(made, families), onProgress);
    const report = await reportOf({ request, model, quantized, decoder, comparisons, targetBytes });
    if (report.written) await renameFlushed(made, target);
    return { ...report, elapsedMs: performance.now() - started };
  } finally {
    await rm(scratchOf(target), { recursive: true, force: true });
  }
}

interface Made {
  readonly request: QuantizeRequest;
  readonly model: OpenModel;
  readonly quantized: readonly QuantizedTower[];
  readonly decoder: QuantizedDecoder | undefined;
  readonly comparisons: readonly Comparison[];
  readonly targetBytes: number;
}

async function reportOf({ request, model, quantized, decoder, comparisons, targetBytes }: Made) {
  const { minCosine = DEFAULT_MIN_COSINE, allowBelow = false } = request;
  const holds =
    comparisons.every((tower) => tower.minCosine >= minCosine) &&
    quantized.every(({ reached }) => reached >= minCosine);
  const tensors = quantized.flatMap((tower) => tower.tensors);
  return {
    towers: quantized.map((tower, i) => ({
      name: tower.modality,
      reached: tower.reached,
      sites: sitesOf(tower),
      ...comparisons[i],
    })),
    minCosine,
    holds,
    // A model without anything in int8 is the float model, and slower.
    written: (holds && quantized.some(({ ranges }) => ranges.size > 0)) || allowBelow,
    parameters: tensors.reduce((sum, { shape }) => sum + elementCount(shape), decoder?.parameters ?? 0),
    ...(decoder && { decoderProducts: decoder.weights.length }),
    sourceBytes: await bytesOf(model),
    targetBytes,
  };
}

async function bytesOf({ directory: { weightsFile, decoder } }: OpenModel): Promise<number> {
  const files = decoder ? [weightsFile, decoder.weightsFile] : [weightsFile];
  return (await Promise.all(files.map((file) => stat(file)))).reduce((sum, { size }) => sum + size, 0);
}

function sitesOf({ choices }: QuantizedTower): SiteReport[] {
  return choices.map(({ block, name, error, isInt8 }) => ({ block, name, error, int8: isInt8 }));
}

/** What was written beside what it was made of. */
async function compare(
  towers: readonly SampledTower[],
  float: OpenModel,
  int8: OpenModel,
  onProgress: OnProgress,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const tower of towers) {
    const done = counter(onProgress, `comparing ${tower.modality}`, tower.samples('measuring').length);
    comparisons.push(await compareTowers({ tower, float, int8 }, done));
  }
  return comparisons;
}
