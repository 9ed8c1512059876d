import type { InferParameter, ModelInferResponse } from '@triptych/protocol';
import type { InferAnswer } from '../infer/infer.js';
import type { ParameterValue } from '../infer/parameters.js';

/** An answer as it is sent: its tensors raw, which is all that Triton's clients read. */
export function answerMessage({ model, version, id, parameters, outputs }: InferAnswer): ModelInferResponse {
  return {
    modelName: model,
    modelVersion: version,
    id,
    parameters: parameterMessages(parameters),
    outputs: outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape: [...shape] })),
    rawOutputContents: outputs.map(({ data }) => data),
  };
}

export function parameterMessages(
  parameters: Readonly<Record<string, ParameterValue>>,
): Record<string, InferParameter> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, parameterMessage(value)]),
  );
}

function parameterMessage(value: ParameterValue): InferParameter {
  if (typeof value === 'boolean') return { boolParam: value };
  if (typeof value === 'string') return { stringParam: value };
  return Number.isSafeInteger(value) ? { int64Param: value } : { doubleParam: value };
}
