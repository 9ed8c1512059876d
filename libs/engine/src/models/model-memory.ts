import { stat } from 'node:fs/promises';
import { elementCount } from '@triptych/core';
import { type OpenModel, towersOf } from '@triptych/model-families';

const MIB = 1024 * 1024;
/** Of an encoder beside its weights: its thread, its graph, and what its runs take. */
const ENCODER_BYTES = 20 * MIB;
/** Of a tokenizer's process for each character of its files: one of XLM-R's size, 18 MB, takes some 500 MiB. */
const TOKENIZER_RATIO = 28;
const FLOAT_BYTES = 4;

/**
 * What a model takes in memory, estimated before its weights are read: float weights take four bytes a parameter, however they are stored;
 * stored in one byte they are computed with so. An estimate by the same rule for every model is enough to bound their sum.
 */
export async function estimateBytes({ directory, model }: OpenModel): Promise<number> {
  const { size } = await stat(directory.weightsFile).catch(() => ({ size: Infinity }));
  // Twice the file: float16 becomes float32; int8 has its scales, and what stayed float.
  const weights = Math.min(FLOAT_BYTES * directory.metadata.total_parameters, 2 * size);
  // What encodes pairs has weights of its own, most of them the text tower's once more.
  const matching = model.match ? [...model.match.graph().weights.values()] : [];
  const again = FLOAT_BYTES * matching.reduce((sum, shape) => sum + elementCount(shape), 0);
  const characters = Object.values(directory.files).reduce((sum, text) => sum + text.length, 0);
  const tokenizing = TOKENIZER_RATIO * characters;
  const encoders = towersOf(model).length + (model.match ? 1 : 0);
  // Whether it is asked to transcribe or not: a call is not to take what nobody counted.
  const decoder = model.speech ? FLOAT_BYTES * (directory.decoder?.metadata.total_parameters ?? 0) : 0;
  return Math.ceil(weights + again + tokenizing + decoder + encoders * ENCODER_BYTES);
}
