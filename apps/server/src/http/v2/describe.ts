import { DataType } from '@triptych/protocol';
import { configMessage } from '../../oip/grpc/describe-model.js';
import { statisticsMessage } from '../../oip/grpc/statistics-message.js';
import type { OipModel } from '../../oip/models/oip-model.js';
import type { OpenInference } from '../../oip/open-inference.js';

/** A model's configuration as Triton's REST writes it: the message of gRPC, names as its file has them. */
export function configJson(model: OipModel): object {
  const { parameters, input = [], output = [], ...rest } = configMessage(model);
  const tensor = ({ name, dataType = 0, dims }: (typeof input)[number]) => ({
    name,
    data_type: Object.entries(DataType).find(([, number]) => number === dataType)?.[0],
    dims,
  });
  const values = Object.entries(parameters ?? {}).map(([name, { stringValue }]) => [
    name,
    { string_value: stringValue },
  ]);
  return {
    ...(snakeCase(rest) as object),
    input: input.map(tensor),
    output: output.map(tensor),
    parameters: Object.fromEntries(values) as object,
  };
}

export function statisticsJson(models: readonly OipModel[], oip: OpenInference): object {
  return { model_stats: models.map((model) => snakeCase(statisticsMessage(model, oip))) };
}

/** A message as JSON, with the names that its fields have in their file. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== 'object' || value === null) return value;
  const named = Object.entries(value).map(([key, one]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    snakeCase(one),
  ]);
  return Object.fromEntries(named) as object;
}
