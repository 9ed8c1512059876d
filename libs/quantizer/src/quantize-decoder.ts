import { elementCount } from '@triptych/core';
import { decoderProducts, fitsBlocks } from '@triptych/inference-core';
import type { OpenModel } from '@triptych/model-families';
import type { StoredTensor } from '@triptych/weight-loader';
import { Weights } from './weights.js';

/** A decoder whose products have their weights in int8. */
export interface QuantizedDecoder {
  readonly tensors: readonly StoredTensor[];
  /** Names of the weights in int8. */
  readonly weights: readonly string[];
  readonly parameters: number;
}

/**
 * Takes the weights of what writes what is said to int8, a scale for each output channel; undefined where a model has no such. Nothing is
 * calibrated: what they are multiplied with is quantised row by row as it comes.
 */
export async function quantizeDecoder({
  directory,
  model,
}: OpenModel): Promise<QuantizedDecoder | undefined> {
  if (!directory.decoder || !model.speech) return undefined;
  const weights = new Weights((await directory.decoder.load()).weights);
  const products = new Set(decoderProducts(model.speech.network));
  const isInt8 = (name: string) =>
    products.has(name) && weights.isLarge(name) && fitsBlocks(weights.shape(name)[1]);
  const inFloat = new Set(weights.names.filter((name) => !isInt8(name)));
  const tensors = weights.names.map((name) => weights.stored(name, inFloat));
  return {
    tensors,
    weights: weights.names.filter(isInt8),
    parameters: tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0),
  };
}
