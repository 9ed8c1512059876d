import {
  convert,
  type ConvertProgress,
  type ConvertReport,
  type ConvertRequest,
  openCheckpoint,
} from '@triptych/weight-loader';
import { families as builtIn } from './families.js';
import { finderOf } from './find-family.js';
import type { ModelFamily } from './model-family.js';
import { graphTensors } from './towers.js';

export interface ConversionRequest extends Omit<ConvertRequest, 'checkpoint' | 'required'> {
  /** HuggingFace checkpoint directory: config.json, model.safetensors or its shards' index, and what its family takes. */
  readonly source: string;
  /** Default: those that Triptych has. */
  readonly families?: readonly ModelFamily[] | undefined;
}

/**
 * Converts a checkpoint to a model directory that can be served. Throws ARCHITECTURE_UNKNOWN, MODEL_CONFIG for options that are not
 * served, TENSOR_MISSING or TENSOR_SHAPE where the checkpoint does not hold what its configuration asks for, and OUTPUT_EXISTS.
 */
export async function convertCheckpoint(
  { source, families = builtIn, ...request }: ConversionRequest,
  onProgress?: (progress: ConvertProgress) => void,
): Promise<ConvertReport> {
  const find = finderOf(families);
  const checkpoint = await openCheckpoint(source, find);
  const model = find({ architecture: checkpoint.architecture }, source).read(checkpoint);
  return convert({ ...request, checkpoint, required: graphTensors(model) }, onProgress);
}
