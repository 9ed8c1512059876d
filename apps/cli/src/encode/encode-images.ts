import { problemOf } from '@triptych/core';
import { readFile } from 'node:fs/promises';
import { type ImageStreamConfig, readEmbedding, type TriptychClient } from '@triptych/client';
import type { EncodedVector, Progress } from './encoded-vector.js';
import { checkSame, type Identity } from './identity.js';

/** Images of one message: enough to fill a server's batch, few enough to stay below its limit on bytes. */
const BATCH = 8;
/** Leaves room for what is around the images in a message of at most 16 MiB. */
const BATCH_BYTES = 12 * 1024 * 1024;

/** Streams images to the server. Vectors come as they are ready; an image that fails is reported and left out. */
export async function* encodeImages(
  client: TriptychClient,
  paths: readonly string[],
  config: ImageStreamConfig,
  identity: Identity,
  progress: Progress,
): AsyncGenerator<EncodedVector> {
  const images = client.streamImages();
  images.configure(config);
  let failure: unknown;
  const sending = (async () => {
    let batch = 0;
    for await (const files of batches(paths, progress)) {
      await images.send(
        batch++,
        files.map(({ path, data }) => ({ id: path, encoded: data })),
      );
    }
    images.finish();
  })().catch((thrown: unknown) => {
    failure = thrown;
    images.cancel();
  });
  try {
    for await (const { ready, result } of images) {
      if (ready) checkSame(identity, ready.stamp);
      for (const { id, embedding, error } of result?.results ?? []) {
        if (embedding) {
          progress.done();
          yield { source: id, identity, ...readEmbedding(embedding) };
        } else progress.failed(`${id}: ${error?.message ?? 'no vector'}`);
      }
    }
  } catch (thrown) {
    throw failure ?? thrown;
  } finally {
    images.cancel();
    await sending;
  }
}

interface ImageFile {
  readonly path: string;
  readonly data: Buffer;
}

/** Files in batches, read as they are needed. */
async function* batches(paths: readonly string[], progress: Progress): AsyncGenerator<ImageFile[]> {
  let batch: ImageFile[] = [];
  let bytes = 0;
  for (const path of paths) {
    let data: Buffer;
    try {
      data = await readFile(path);
    } catch (thrown) {
      progress.failed(`${path}: ${problemOf(thrown)}`);
      continue;
    }
    if (batch.length > 0 && (batch.length === BATCH || bytes + data.length > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ path, data });
    bytes += data.length;
  }
  if (batch.length > 0) yield batch;
}
