import {
  convert,
  type ConvertProgress,
  type ConvertReport,
  type ConvertRequest,
  listCheckpoint,
  openCheckpoint,
} from '@triptych/weight-loader';
import { families as builtIn } from './families.js';
import { finderOf } from './find-family.js';
import type { ModelFamily } from './model-family.js';
import { graphTensors, speechTensors } from './towers.js';

export interface ConversionRequest extends Omit<ConvertRequest, 'checkpoint' | 'tensors' | 'required'> {
  /** HuggingFace checkpoint directory: config.json, model.safetensors or its shards' index, and what its family takes. */
  readonly source: string;
  /** Default: those that Triptych has. */
  readonly families?: readonly ModelFamily[] | undefined;
}

/**
 * Converts a checkpoint to a model directory that can be served; a decoder comes along where the checkpoint has all that generating text takes. Throws ARCHITECTURE_UNKNOWN, MODEL_CONFIG for options that are not
 * served, TENSOR_MISSING or TENSOR_SHAPE where the checkpoint does not hold what its configuration asks for, and OUTPUT_EXISTS.
 */
export async function convertCheckpoint(
  { source, families = builtIn, ...request }: ConversionRequest,
  onProgress?: (progress: ConvertProgress) => void,
): Promise<ConvertReport> {
  const find = finderOf(families);
  const checkpoint = await openCheckpoint(source, find);
  const { decoder, architecture } = checkpoint;
  const tensors = await listCheckpoint(checkpoint);
  const hasDecoder = decoder !== undefined && tensors.some(({ name }) => decoder.tensors.test(name));
  const description = { ...checkpoint, decoder: hasDecoder ? decoder.files : undefined };
  const model = find({ architecture }, source).read(description);
  const required = { required: graphTensors(model), decoder: speechTensors(model) };
  return convert({ ...request, checkpoint, tensors, ...required }, onProgress);
}
