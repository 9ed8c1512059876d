import { type OpenModel, openModel } from '@triptych/model-families';
import type { TextTower } from '@triptych/text-encoder';
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
  const found = await textAndImageModel(directories);
  const fingerprint = found?.directory.metadata.fingerprint;
  if (!found || fingerprint === undefined) return undefined;
  const { directory, text } = found;
  const space = directory.metadata.space ?? fingerprint.slice(0, 16);
  const cache = await VectorCache.open(folder, { fingerprint, space });
  const vectors = new Map<string, Float32Array>();
  for (const path of paths) {
    const vector = await cache.get(path);
    if (!vector) return undefined;
    vectors.set(path, vector);
  }
  return { queries: [await encodeWords(directory, text, words, threads)], space, vectors };
}

/** The model that a server would take both words and images to: the first that takes either, where that takes both. */
async function textAndImageModel(
  directories: readonly string[],
): Promise<(Pick<OpenModel, 'directory'> & { readonly text: TextTower }) | undefined> {
  for (const path of directories) {
    const { directory, model } = await openModel(path);
    const { text, image } = model;
    if (!text && !image) continue;
    return text && image ? { directory, text } : undefined;
  }
  return undefined;
}
