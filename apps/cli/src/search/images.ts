import { EmbeddingEncoding, type TriptychClient } from '@triptych/client';
import { messageOf, TriptychError } from '@triptych/core';
import { encodeImages } from '../encode/encode-images.js';
import { announce } from '../encode/identity.js';
import { complain } from '../output/complain.js';
import { FileProgress } from '../output/progress.js';
import { stopSignal } from '../process/stop-signal.js';
import type { Found } from './rank.js';
import { VectorCache } from './vector-cache.js';
import { encodeQuery, readQuery } from './query.js';

const request = {
  model: '',
  options: { encoding: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32 },
} as const;

/** Queries and the vectors of a folder's images, from its cache or a server. Throws SPACE_MISMATCH where they do not compare. */
export async function searchByServer(
  client: TriptychClient,
  asked: readonly string[],
  folder: string,
  paths: readonly string[],
  useCache: boolean,
): Promise<Found> {
  const identity = await announce(client, 'image', request);
  const { space } = identity;
  const queries: Float32Array[] = [];
  for (const query of asked) {
    const encoded = await encodeQuery(client, await readQuery(query));
    if (encoded.space !== space) {
      throw new TriptychError(
        'SPACE_MISMATCH',
        `the query lies in space ${JSON.stringify(encoded.space)}, images in ${JSON.stringify(space)}; they do not compare`,
      );
    }
    queries.push(encoded.vector);
  }
  const cache = useCache ? await VectorCache.open(folder, identity) : undefined;
  const vectors = new Map<string, Float32Array>();
  const missing: string[] = [];
  for (const path of paths) {
    const known = await cache?.get(path);
    if (known) vectors.set(path, known);
    else missing.push(path);
  }
  if (missing.length === 0) return { queries, space, vectors };
  const bar = new FileProgress('encoding', missing.length);
  let isStopped = false;
  void stopSignal().then(() => (isStopped = true));
  try {
    for await (const { source, values } of encodeImages(client, missing, request, identity, bar)) {
      vectors.set(source, values);
      await cache?.set(source, values);
      if (isStopped)
        throw new TriptychError('CANCELLED', 'stopped; what was encoded is kept for the next search');
    }
  } finally {
    bar.stop();
    // What was encoded before Ctrl-C or a failure need not be encoded again.
    await cache?.save(paths).catch((thrown: unknown) => complain(`no cache: ${messageOf(thrown)}`));
  }
  return { queries, space, vectors };
}
