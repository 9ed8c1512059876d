import {
  elementCount,
  QUANTIZATION_FIELD,
  QUANTIZATION_METHOD,
  type QuantizationConfig,
} from '@triptych/core';
import { type ModelDirectory, type WeightCompression, writeModel } from '@triptych/weight-loader';
import type { QuantizedDecoder } from './quantize-decoder.js';
import type { QuantizedTower } from './quantized-tower.js';

/** What of a model to be is not of its original. */
export interface ModelToWrite {
  /** Model directory to write; must not exist. */
  readonly target: string;
  readonly compression?: WeightCompression | undefined;
  /** Default: the source's own. */
  readonly modelName?: string | undefined;
  /** Files to put into the model directory, by name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly converterVersion: string;
}

/** Writes a model directory of quantised towers. A decoder that is not given quantised is copied. Returns the bytes of its weights file. Throws OUTPUT_EXISTS. */
export function writeQuantized(
  { target, compression, converterVersion, modelName, files }: ModelToWrite,
  { metadata, preprocessor, files: description, decoder }: ModelDirectory,
  towers: readonly Pick<QuantizedTower, 'tensors' | 'ranges'>[],
  quantized?: QuantizedDecoder,
): Promise<number> {
  const tensors = towers.flatMap((tower) => tower.tensors);
  const ranges = towers.flatMap((tower) => [...tower.ranges]);
  const quantization: QuantizationConfig = {
    quant_method: QUANTIZATION_METHOD,
    inputs: Object.fromEntries(
      ranges.map(([name, { zeroPoint, ...range }]) => [name, { ...range, zero_point: zeroPoint }]),
    ),
    ...(quantized && { weights: quantized.weights }),
  };
  const { model_name, model_type, architecture, config, space } = metadata;
  return writeModel({
    target,
    compression,
    schema: 'V2',
    tensors,
    preprocessor,
    description,
    ...(files ? { files } : {}),
    ...(decoder && {
      decoder: {
        description: decoder.files,
        ...(quantized
          ? {
              tensors: quantized.tensors,
              total_parameters: quantized.parameters,
              num_weight_tensors: quantized.tensors.length,
            }
          : { weightsFile: decoder.weightsFile, metadata: decoder.metadata }),
      },
    }),
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
