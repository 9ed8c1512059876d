import { type ModelDirectory, openModelDirectory } from '@triptych/weight-loader';
import { encodeWords } from './encode-words.js';
import type { Found } from './rank.js';
import { VectorCache } from './vector-cache.js';

/**
 * Words and the vectors of a folder whose images are all in its cache, without a server and without what encodes images:
 * the model's text tower is all that is loaded. undefined where something of that does not hold. The cache's model is
 * known by the fingerprint that was written down when it was converted: to compute it anew takes reading all weights.
 */
export async function searchCached(
  directories: readonly string[],
  threads: number,
  words: string,
  folder: string,
  paths: readonly string[],
): Promise<Found | undefined> {
  const model = await textAndImageModel(directories);
  const fingerprint = model?.metadata.fingerprint;
  if (!model || fingerprint === undefined) return undefined;
  const space = model.metadata.space ?? fingerprint.slice(0, 16);
  const cache = await VectorCache.open(folder, { fingerprint, space });
  const vectors = new Map<string, Float32Array>();
  for (const path of paths) {
    const vector = await cache.get(path);
    if (!vector) return undefined;
    vectors.set(path, vector);
  }
  return { vector: await encodeWords(model, words, threads), space, vectors };
}

/** The model that a server would take both words and images to: the first that takes either, where that takes both. */
async function textAndImageModel(directories: readonly string[]): Promise<ModelDirectory | undefined> {
  for (const directory of directories) {
    const model = await openModelDirectory(directory);
    if (model.architecture !== 'clip') continue;
    const { text_config, vision_config } = model.metadata.config;
    return text_config && vision_config ? model : undefined;
  }
  return undefined;
}
