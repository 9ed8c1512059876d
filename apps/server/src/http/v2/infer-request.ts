import { TriptychError } from '@triptych/core';
import { z } from 'zod';
import { JsonText } from '../json/json-text.js';
import { name, parseRequest, text } from '../json/parse-request.js';
import { type Json, readJson } from '../json/read-json.js';
import type { InferRequest } from '../../oip/infer/infer.js';
import type { Parameters, ParameterValue } from '../../oip/infer/parameters.js';
import type { InputTensor } from '../../oip/tensors/tensor.js';
import { tensorOfValues, type TypedValue } from '../../oip/tensors/typed-values.js';

const parameters = z
  .record(z.string(), z.unknown(), { error: 'expected a mapping of names to values' })
  .optional()
  .meta({ description: 'See docs/open-inference.md.' });
const whole = z.number({ error: 'expected a number' });

/** The head of a request for inference; tensors whose `parameters.binary_data_size` is there follow it as bytes. */
export const inferRequest = z.object({
  id: text('Given back.').optional(),
  parameters,
  inputs: z.array(
    z.object({
      name: name('Of the input.'),
      shape: z.array(whole, { error: 'expected a list of lengths' }),
      datatype: name('As in FP32 or BYTES.'),
      parameters,
      data: z.array(z.unknown(), { error: 'expected a list of values' }).optional(),
    }),
    { error: 'expected a list of inputs' },
  ),
  outputs: z
    .array(z.object({ name: name('Of an output.'), parameters }))
    .optional()
    .meta({ description: 'Those that are wanted. Without: all but error.' }),
});

/** A request for inference, and which of its outputs are to follow the answer's head as bytes. */
export interface RestInferRequest {
  readonly request: InferRequest;
  readonly isBinary: (output: string) => boolean;
}

/** Tensors of a request, or numbers of a shape. */
const MOST_ENTRIES = 64;
/** Lists in lists: a tensor of images has four. */
const DEEPEST = 8;

/**
 * Reads a request: JSON alone, or JSON of `headBytes` and behind it the tensors that say how many bytes of it are theirs. Throws
 * MESSAGE_MALFORMED, TENSOR_* or PARAMETER_INVALID.
 */
export function readInferRequest(
  body: Buffer,
  headBytes: number | undefined,
  { model, version }: Pick<InferRequest, 'model' | 'version'>,
): RestInferRequest {
  const end = headBytes ?? body.length;
  if (!(Number.isInteger(end) && end >= 0 && end <= body.length))
    throw new TriptychError(
      'MESSAGE_MALFORMED',
      `inference-header-content-length is none of a body of ${body.length} bytes`,
    );
  const head = parseRequest(inferRequest, readJson(body.subarray(0, end)), MOST_ENTRIES);
  let at = end;
  const inputs = head.inputs.map((input): InputTensor => {
    const { name, shape, datatype } = input;
    const tensor = { name, shape, datatype };
    const size = input.parameters?.['binary_data_size'];
    if (size === undefined) return tensorOf(tensor, input.data as Json[] | undefined);
    if (typeof size !== 'number' || !(size >= 0 && at + size <= body.length))
      throw malformed(tensor, `binary_data_size ${show(size)}, where ${body.length - at} bytes are left`);
    if (input.data) throw malformed(tensor, 'both data and binary_data_size');
    return { ...tensor, data: body.subarray(at, (at += size)) };
  });
  if (at < body.length)
    throw new TriptychError('TENSOR_MALFORMED', `${body.length - at} bytes are behind the last tensor`);
  const all = readParameters(head.parameters);
  const byDefault = all.get('binary_data_output') === true;
  const outputs = head.outputs ?? [];
  const binary = new Map(outputs.map((one) => [one.name, one.parameters?.['binary_data'] ?? byDefault]));
  return {
    request: {
      model,
      version,
      id: head.id?.toString() ?? '',
      parameters: all,
      inputs,
      outputs: outputs.map((one) => one.name),
    },
    isBinary: (output) => (binary.get(output) ?? byDefault) === true,
  };
}

function tensorOf(head: Omit<InputTensor, 'data'>, data: Json[] | undefined): InputTensor {
  if (!data) throw malformed(head, 'neither data nor binary_data_size');
  const values = flat(head, data, 0);
  if (head.datatype === 'BYTES') return { ...head, data: values.map((value) => bytesOf(head, value)) };
  const wrong = values.find((value) => typeof value !== 'number' && typeof value !== 'boolean');
  if (wrong !== undefined) throw malformed(head, `${show(wrong)} among its values`);
  return tensorOfValues(head, values as TypedValue[]);
}

/** Values row by row, whether they came as rows or in one list. */
function flat(head: Omit<InputTensor, 'data'>, data: Json[], depth: number): Json[] {
  if (depth > DEEPEST) throw malformed(head, `lists that are nested deeper than ${DEEPEST}`);
  return data.flatMap((value) => (Array.isArray(value) ? flat(head, value, depth + 1) : [value]));
}

function bytesOf(head: Omit<InputTensor, 'data'>, value: Json): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof JsonText) return value.isEscaped ? Buffer.from(value.toString()) : value.bytes;
  throw malformed(head, `${show(value)} among its values, where texts are expected`);
}

function readParameters(given: Readonly<Record<string, unknown>> = {}): Parameters {
  return new Map(
    Object.entries(given).map(([name, value]): [string, ParameterValue] => {
      if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
        return [name, value];
      if (value instanceof JsonText) return [name, value.toString()];
      throw new TriptychError(
        'PARAMETER_INVALID',
        `parameter ${name} is ${show(value)}; expected a boolean, a number or a text`,
        { field: `parameters.${name}` },
      );
    }),
  );
}

function malformed({ name }: Omit<InputTensor, 'data'>, found: string): TriptychError {
  return new TriptychError('TENSOR_MALFORMED', `input ${name} has ${found}`, { field: `inputs.${name}` });
}

function show(value: unknown): string {
  if (value instanceof JsonText) return 'a text';
  return JSON.stringify(value)?.slice(0, 64) ?? 'nothing';
}
