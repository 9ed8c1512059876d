import { TriptychError } from '@triptych/core';
import type { Engine, EngineCall } from '@triptych/engine';
import { findOipModel, type OipModel } from '../models/oip-model.js';
import type { OpenInference } from '../open-inference.js';
import type { InputTensor, Tensor } from '../tensors/tensor.js';
import { type Encoded, makeOutputs, wantedOutputs } from './make-outputs.js';
import { onlyInput, readClips, readImages, readTexts } from './read-items.js';
import {
  type Options,
  type Parameters,
  type ParameterValue,
  readDeadline,
  readOptions,
} from './parameters.js';

/** A request for inference, whichever door it came through. */
export interface InferRequest {
  readonly model: string;
  /** Empty: the one that is served. */
  readonly version: string;
  readonly id: string;
  readonly parameters: Parameters;
  readonly inputs: readonly InputTensor[];
  /** Names of the outputs that are asked for; none: all but `error`. */
  readonly outputs: readonly string[];
}

/** Its answer. */
export interface InferAnswer {
  readonly model: string;
  readonly version: string;
  readonly id: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly outputs: readonly Tensor[];
}

/**
 * Encodes the items of a request. Throws TENSOR_*, PARAMETER_INVALID and all that the engine throws; also what one item failed of, unless
 * the output `error` is asked for.
 */
export async function infer(
  { engine, requests }: Pick<OpenInference, 'engine' | 'requests'>,
  request: InferRequest,
  call: Partial<EngineCall>,
): Promise<InferAnswer> {
  const model = findOipModel(engine, request.model, request.version);
  const counted = requests.begin(model);
  try {
    const options = readOptions(request.parameters, model.modality);
    const wanted = wantedOutputs(model, request.outputs);
    const input = onlyInput(model, request.inputs);
    const deadline = Math.min(call.deadline ?? Infinity, readDeadline(request.parameters));
    const encoded = await encode(engine, model, input, options, { ...call, deadline });
    const outputs = makeOutputs(wanted, encoded, widthOf(model, options));
    counted.succeeded(encoded.results);
    return answer(request, model, encoded, outputs);
  } catch (thrown) {
    counted.failed();
    throw thrown;
  }
}

/** The answer to a request, with what made it. */
export function answer(
  { id }: Pick<InferRequest, 'id'>,
  { name, version }: OipModel,
  { stamp: { fingerprint, space } }: Pick<Encoded, 'stamp'>,
  outputs: readonly Tensor[],
): InferAnswer {
  return { model: name, version, id, parameters: { fingerprint, space }, outputs };
}

/** Values of a vector, where none of the items says. */
export function widthOf({ outputs }: OipModel, { dimensions = 0 }: Options): number {
  return dimensions || outputs[0].shape[1];
}

/** What is asked of an item's vector. */
export function embeddingOptions({ pooling, normalize, dimensions }: Options): {
  readonly pooling: string | undefined;
  readonly normalize: boolean | undefined;
  readonly dimensions: number | undefined;
} {
  return { pooling, normalize, dimensions };
}

async function encode(
  engine: Engine,
  { modality, served, maxBatchSize }: OipModel,
  input: InputTensor,
  given: Options,
  call: Partial<EngineCall>,
): Promise<Encoded> {
  const model = served.name;
  const options = embeddingOptions(given);
  if (modality === 'text') {
    const texts = readTexts(input, maxBatchSize);
    const { reject_too_long: rejectTooLong, prompt: promptName } = given;
    return engine.encodeTexts({ model, texts, options, rejectTooLong, promptName }, call);
  }
  if (modality === 'image') {
    const images = readImages(input, maxBatchSize);
    return engine.encodeImages({ model, images, options }, call);
  }
  refuseLive(given);
  const clips = readClips(input, given, served.card.audio?.sampleRate, maxBatchSize);
  const { stamp, results } = await engine.encodeAudio(
    { model, clips, context: given.context, options },
    call,
  );
  const spans = results.map((result) => ({
    startSample: 0,
    endSample: 'error' in result ? 0 : result.samples,
  }));
  return { stamp, results, spans };
}

const ofSequences = ['window_ms', 'hop_ms', 'tail', 'max_lag_ms', 'flush'] as const;

/** Throws PARAMETER_INVALID where whole clips are sent with parameters of live audio. */
function refuseLive(options: Options): void {
  const found = ofSequences.find((name) => options[name] !== undefined);
  if (found === undefined) return;
  throw new TriptychError(
    'PARAMETER_INVALID',
    `parameter ${found} is of live audio: requests of one sequence_id on ModelStreamInfer; a whole clip is one vector`,
    { field: `parameters.${found}` },
  );
}
