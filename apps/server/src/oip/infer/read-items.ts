import { TriptychError } from '@triptych/core';
import type { AudioClip } from '@triptych/engine';
import type { RequestedImage } from '@triptych/validation';
import { inputDatatypes } from '../models/describe-tower.js';
import type { OipModel } from '../models/oip-model.js';
import { bytesElements } from '../tensors/bytes-tensor.js';
import { elementCount, type InputTensor, numberBytes } from '../tensors/tensor.js';
import type { Options } from './parameters.js';

/** The one input that a model has. Throws TENSOR_UNEXPECTED where it is missing, there are others, or it is of another datatype. */
export function onlyInput(
  { name: model, inputs: declared, modality }: OipModel,
  inputs: readonly InputTensor[],
): InputTensor {
  const [{ name }] = declared;
  const [input] = inputs;
  if (inputs.length !== 1 || input.name !== name) {
    const found = inputs.map((one) => one.name).join(', ') || 'none';
    throw new TriptychError(
      'TENSOR_UNEXPECTED',
      `model ${model} takes the input ${name} alone; found ${found}`,
      {
        field: 'inputs',
      },
    );
  }
  if (inputDatatypes[modality].includes(input.datatype)) return input;
  const expected = inputDatatypes[modality].join(', ');
  throw new TriptychError(
    'TENSOR_UNEXPECTED',
    `input ${name} is ${input.datatype}; model ${model} takes ${expected}`,
    { field: `inputs.${name}.datatype` },
  );
}

/** BYTES of [n] or [n, 1]: each element is a text in UTF-8. Throws TENSOR_MALFORMED or BATCH_TOO_LARGE. */
export function readTexts(input: InputTensor, most: number): readonly Uint8Array[] {
  return columnOf(input, most);
}

/** BYTES of [n] or [n, 1]: image files; UINT8 of [n, height, width, 1, 3 or 4] or FP32 of [n, height, width, 3]: pixels. */
export function readImages(input: InputTensor, most: number): RequestedImage[] {
  if (input.datatype === 'BYTES') return columnOf(input, most).map((encoded) => ({ encoded }));
  const { datatype, shape } = input;
  const [count = 0, height = 0, width = 0, channels = 0] = shape;
  const format = pixelFormats[datatype][channels];
  if (shape.length !== 4 || format === undefined) {
    const known = Object.keys(pixelFormats[datatype]).join(', ');
    throw badShape(input, `[n, height, width, channels] with ${known} channels`);
  }
  const data = rowsOf(input, count, most);
  return data.map((row) => ({ raw: { format, width, height, data: row } }));
}

const pixelFormats: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  UINT8: { 1: 'grey', 3: 'rgb', 4: 'rgba' },
  FP32: { 3: 'rgb-float' },
};

/**
 * FP32 or INT16 of [n, samples] or [n, samples, channels]; or BYTES of [n] or [n, 1]: files, or samples as the parameter `encoding` says.
 * Samples are of `sample_rate`, by default the model's own.
 */
export function readClips(
  input: InputTensor,
  options: Options,
  modelRate: number | undefined,
  most: number,
): AudioClip[] {
  const { datatype, shape } = input;
  const sampleRateHz = options.sample_rate ?? modelRate;
  if (datatype === 'BYTES') {
    const format = { encoding: options.encoding ?? 'container', sampleRateHz };
    return columnOf(input, most).map((data) => ({ format, data }));
  }
  if (options.encoding !== undefined)
    throw new TriptychError('PARAMETER_INVALID', `encoding is of BYTES; input ${input.name} is ${datatype}`, {
      field: 'parameters.encoding',
    });
  if (shape.length !== 2 && shape.length !== 3)
    throw badShape(input, '[n, samples] or [n, samples, channels]');
  const [count, , channels = 1] = shape;
  const format = { encoding: datatype === 'INT16' ? 's16le' : 'f32le', sampleRateHz, channels };
  return rowsOf(input, count, most).map((data) => ({ format, data }));
}

/** Elements of [n] or [n, 1]. */
function columnOf(input: InputTensor, most: number): readonly Uint8Array[] {
  const { shape } = input;
  if (shape.length === 1 || (shape.length === 2 && shape[1] === 1)) return bytesElements(input, most);
  throw badShape(input, '[n] or [n, 1]');
}

/** The rows of a tensor of numbers, as views of it. */
function rowsOf(input: InputTensor, count: number, most: number): Uint8Array[] {
  if (count > most)
    throw new TriptychError(
      'BATCH_TOO_LARGE',
      `input ${input.name} has ${count} items; expected at most ${most}`,
      { field: `inputs.${input.name}.shape` },
    );
  elementCount(input);
  const data = numberBytes(input);
  const length = count === 0 ? 0 : data.length / count;
  return Array.from({ length: count }, (_, i) => data.subarray(i * length, (i + 1) * length));
}

function badShape({ name, datatype, shape }: InputTensor, expected: string): TriptychError {
  return new TriptychError(
    'TENSOR_UNEXPECTED',
    `input ${name}, ${datatype}, has the shape [${shape.join(', ')}]; expected ${expected}`,
    { field: `inputs.${name}.shape` },
  );
}
