import { TriptychError } from '@triptych/core';
import type { AudioStreamRequest } from '@triptych/engine';
import { embeddingOptions, type InferRequest } from '../infer/infer.js';
import { type Options, readOptions } from '../infer/parameters.js';
import { onlyInput } from '../infer/read-items.js';
import type { OipModel } from '../models/oip-model.js';
import { bytesElements } from '../tensors/bytes-tensor.js';
import { type InputTensor, numberBytes } from '../tensors/tensor.js';

/** A part of live audio. */
export interface LivePart {
  readonly data: Uint8Array;
  readonly flush: boolean;
  /** What a sequence keeps from its start to its end. */
  readonly shape: LiveShape;
  readonly options: Options;
}

/** How a sequence's samples come. */
export interface LiveShape {
  readonly datatype: string;
  readonly channels: number;
}

/** One part of BYTES of [1] or [1, 1], or of samples as [1, n] or [1, n, channels]. Throws TENSOR_* or PARAMETER_INVALID. */
export function readPart(model: OipModel, request: InferRequest): LivePart {
  const { flush = false, ...options } = readOptions(request.parameters, model.modality);
  const input = onlyInput(model, request.inputs);
  const { datatype, shape } = input;
  if (shape[0] !== 1)
    throw new TriptychError(
      'TENSOR_UNEXPECTED',
      `input ${input.name} of a sequence has the shape [${shape.join(', ')}]; expected one row`,
      { field: `inputs.${input.name}.shape` },
    );
  const channels = datatype === 'BYTES' ? 1 : (shape[2] ?? 1);
  return { data: dataOf(input), flush, shape: { datatype, channels }, options };
}

function dataOf(input: InputTensor): Uint8Array {
  const { name, datatype, shape } = input;
  const ranks = datatype === 'BYTES' ? [1, 2] : [2, 3];
  if (!ranks.includes(shape.length) || (datatype === 'BYTES' && (shape[1] ?? 1) !== 1))
    throw new TriptychError(
      'TENSOR_UNEXPECTED',
      `input ${name}, ${datatype}, of a sequence has the shape [${shape.join(', ')}]; expected ${datatype === 'BYTES' ? '[1, 1]' : '[1, samples] or [1, samples, channels]'}`,
      { field: `inputs.${name}.shape` },
    );
  return datatype === 'BYTES' ? bytesElements(input, 1)[0] : numberBytes(input);
}

/** What the engine is asked for with a sequence's first part. */
export function streamRequest({ served }: OipModel, { shape, options }: LivePart): AudioStreamRequest {
  const { datatype, channels } = shape;
  const isBytes = datatype === 'BYTES';
  if (!isBytes && options.encoding !== undefined)
    throw new TriptychError('PARAMETER_INVALID', `encoding is of BYTES; the sequence is ${datatype}`, {
      field: 'parameters.encoding',
    });
  const encoding = isBytes ? (options.encoding ?? 'container') : datatype === 'INT16' ? 's16le' : 'f32le';
  return {
    model: served.name,
    format: { encoding, sampleRateHz: options.sample_rate ?? served.card.audio?.sampleRate, channels },
    windowMs: options.window_ms,
    hopMs: options.hop_ms,
    tail: options.tail,
    maxLagMs: options.max_lag_ms,
    context: options.context,
    options: embeddingOptions(options),
  };
}

/** Throws TENSOR_UNEXPECTED or PARAMETER_INVALID where a later part is of another kind than its sequence. */
export function checkSame(first: LivePart, part: LivePart): void {
  const { datatype, channels } = part.shape;
  if (datatype !== first.shape.datatype || channels !== first.shape.channels)
    throw new TriptychError(
      'TENSOR_UNEXPECTED',
      `a part is ${datatype} of ${channels} channels; the sequence began as ${first.shape.datatype} of ${first.shape.channels}`,
      { field: 'inputs.audio' },
    );
  for (const [name, value] of Object.entries(part.options))
    if (first.options[name as keyof Options] !== value)
      throw new TriptychError(
        'PARAMETER_INVALID',
        `parameter ${name} is another than at the sequence's start; a sequence has one`,
        { field: `parameters.${name}` },
      );
}
