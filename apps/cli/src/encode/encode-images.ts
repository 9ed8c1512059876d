import { type ImageStreamConfig, readEmbedding, type TriptychClient } from '@triptych/client';
import type { EncodedVector, Progress } from './encoded-vector.js';
import { checkSame, type Identity } from './identity.js';
import { imageBatches } from './image-batches.js';

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
    for await (const files of imageBatches(paths, progress)) {
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
