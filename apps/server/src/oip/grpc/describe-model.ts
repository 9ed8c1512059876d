import { DataType, type ModelConfig, type ModelMetadataResponse } from '@triptych/protocol';
import { type OipModel, PLATFORM } from '../models/oip-model.js';
import type { TensorHead } from '../tensors/tensor.js';

/** `ModelMetadata` */
export function metadataMessage(
  { name, inputs, outputs }: OipModel,
  versions: readonly string[],
): ModelMetadataResponse {
  const tensor = ({ name, datatype, shape }: TensorHead) => ({ name, datatype, shape: [...shape] });
  return {
    name,
    versions: [...versions],
    platform: PLATFORM,
    inputs: inputs.map(tensor),
    outputs: outputs.map(tensor),
  };
}

/** `ModelConfig` */
export function configMessage(model: OipModel): ModelConfig {
  const { name, version, inputs, outputs, maxBatchSize, decoupled, parameters } = model;
  const tensor = ({ name, datatype, shape: [, ...dims] }: TensorHead) => ({
    name,
    dataType: dataTypeOf(datatype),
    dims,
  });
  return {
    name,
    platform: PLATFORM,
    backend: PLATFORM,
    // The policy has numbers only.
    ...(/^\d{1,9}$/.test(version) ? { versionPolicy: { specific: { versions: [Number(version)] } } } : {}),
    maxBatchSize,
    input: inputs.map(tensor),
    output: outputs.map(tensor),
    dynamicBatching: {},
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([key, stringValue]) => [key, { stringValue }]),
    ),
    modelTransactionPolicy: { decoupled },
  };
}

function dataTypeOf(datatype: string): DataType {
  const name = datatype === 'BYTES' ? 'TYPE_STRING' : `TYPE_${datatype}`;
  return (DataType as Readonly<Record<string, DataType>>)[name];
}
