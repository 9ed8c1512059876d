import { TriptychError } from '@triptych/core';
import type { InferParameter__Output, ModelInferRequest__Output } from '@triptych/protocol';
import type { InferRequest } from '../infer/infer.js';
import type { Parameters, ParameterValue } from '../infer/parameters.js';
import type { InputTensor } from '../tensors/tensor.js';
import { readContents } from './typed-contents.js';

/** A request for inference as the engine's side has it. Throws TENSOR_MALFORMED, PARAMETER_INVALID or NOT_IMPLEMENTED. */
export function readRequest(message: ModelInferRequest__Output): InferRequest {
  const { modelName, modelVersion, id, parameters, inputs, outputs, rawInputContents } = message;
  const raw = rawInputContents.length > 0;
  if (raw && rawInputContents.length !== inputs.length)
    throw new TriptychError(
      'TENSOR_MALFORMED',
      `raw_input_contents has ${rawInputContents.length} entries; expected ${inputs.length}, one for each input`,
      { field: 'raw_input_contents' },
    );
  return {
    model: modelName,
    version: modelVersion,
    id,
    parameters: readParameters(parameters),
    inputs: inputs.map((input, i) => readInput(input, raw ? rawInputContents[i] : undefined)),
    outputs: outputs.map((output) => {
      refuseUnserved(output.parameters, output.name);
      return output.name;
    }),
  };
}

type Input = ModelInferRequest__Output['inputs'][number];

function readInput(
  { name, datatype, shape, parameters, contents }: Input,
  raw: Buffer | undefined,
): InputTensor {
  refuseUnserved(parameters, name);
  const head = { name, datatype, shape };
  if (!raw) return { ...head, data: readContents(head, contents) };
  if (contents && Object.values<readonly unknown[]>({ ...contents }).some((list) => list.length > 0))
    throw new TriptychError(
      'TENSOR_MALFORMED',
      `input ${name} has contents beside raw_input_contents; expected one of them`,
      { field: `inputs.${name}.contents` },
    );
  return { ...head, data: raw };
}

/** Throws NOT_IMPLEMENTED where a tensor is to be read from, or written to, something else than messages. */
function refuseUnserved(parameters: Readonly<Record<string, InferParameter__Output>>, name: string): void {
  const found = ['shared_memory_region', 'classification'].find((one) => Object.hasOwn(parameters, one));
  if (found !== undefined)
    throw new TriptychError(
      'NOT_IMPLEMENTED',
      `tensor ${name} has the parameter ${found}, which is not served; send and read the tensor itself`,
      { field: `parameters.${found}` },
    );
}

export function readParameters(parameters: Readonly<Record<string, InferParameter__Output>>): Parameters {
  return new Map(
    Object.entries(parameters).map(([name, { parameterChoice, ...choices }]): [string, ParameterValue] => {
      const value = parameterChoice === undefined ? undefined : choices[parameterChoice];
      if (value === undefined)
        throw new TriptychError('PARAMETER_INVALID', `parameter ${name} has no value`, {
          field: `parameters.${name}`,
        });
      return [name, value];
    }),
  );
}
