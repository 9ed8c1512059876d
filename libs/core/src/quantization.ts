import type { ConfigFields, JsonObject } from './config-fields.js';

/** Where a model's `config` says how it was quantised. */
export const QUANTIZATION_FIELD = 'quantization_config';
/** Weights per output channel, inputs per tensor with ranges that calibration found. */
export const QUANTIZATION_METHOD = 'triptych-int8';

/** How what a product reads becomes uint8: round(x × factor / scale) + zeroPoint, clamped to 0 … 255. */
export interface InputRange {
  readonly scale: number;
  readonly zeroPoint: number;
  /** Name of the tensor [in] that has a factor for each channel. Default: all are 1. */
  readonly factors?: string;
}

/** The products that are computed in int8, by the names of their weights. */
export type Quantization = ReadonlyMap<string, InputRange>;

interface StoredRange {
  readonly scale: number;
  readonly zero_point: number;
  readonly factors?: string;
}

/** `quantization_config` of a model that `triptych quantize` wrote. */
export interface QuantizationConfig extends JsonObject {
  readonly quant_method: typeof QUANTIZATION_METHOD;
  readonly inputs: Readonly<Record<string, StoredRange>>;
  /** Names of weights that are int8 where what they are multiplied with is not: a decoder's. */
  readonly weights?: readonly string[];
}

/** Reads `quantization_config`; undefined where the model has none. */
export function readQuantization(model: ConfigFields): Quantization | undefined {
  if (model.raw(QUANTIZATION_FIELD) === undefined) return undefined;
  const fields = model.object(QUANTIZATION_FIELD);
  fields.choice('quant_method', { [QUANTIZATION_METHOD]: true });
  const inputs = fields.object('inputs');
  const ranges = inputs.keys.map((weight) => [weight, readRange(inputs.object(weight))] as const);
  return new Map(ranges);
}

/** The weights that are int8 by themselves, whatever they are multiplied with: those of a decoder that `triptych quantize` wrote. */
export function readInt8Weights(model: ConfigFields): ReadonlySet<string> {
  if (model.raw(QUANTIZATION_FIELD) === undefined) return new Set();
  const fields = model.object(QUANTIZATION_FIELD);
  const names = fields.raw('weights') ?? [];
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return new Set(names);
  fields.problem('weights must be a list of names');
  return new Set();
}

function readRange(fields: ConfigFields): InputRange {
  const factors = fields.raw('factors');
  const range = {
    scale: fields.number('scale'),
    zeroPoint: fields.number('zero_point'),
    ...(typeof factors === 'string' ? { factors } : {}),
  };
  if (factors !== undefined && typeof factors !== 'string') fields.problem('factors must name a tensor');
  if (range.scale <= 0) fields.problem('scale must be above 0');
  if (!Number.isInteger(range.zeroPoint) || range.zeroPoint < 0 || range.zeroPoint > 255)
    fields.problem('zero_point must be an integer from 0 to 255');
  return range;
}
