import {
  type EncodeImagesResponse__Output,
  type ImageStreamConfig,
  readEmbedding,
  type TriptychClient,
} from '@triptych/client';
import type { EncodedVector, Progress } from './encoded-vector.js';
import { checkSame, type Identity } from './identity.js';
import { imageBatches } from './image-batches.js';
import { InOrder } from './in-order.js';

/** Batches that may be answered while one before them is not: those answers are held. */
const AHEAD = 64;

/** Streams images to the server. Vectors come in the order of the paths; an image that fails is reported and left out. */
export async function* encodeImages(
  client: TriptychClient,
  paths: readonly string[],
  config: ImageStreamConfig,
  identity: Identity,
  progress: Progress,
): AsyncGenerator<EncodedVector> {
  const images = client.streamImages();
  images.configure(config);
  const answers = new InOrder<EncodeImagesResponse__Output['results']>(AHEAD);
  let failure: unknown;
  const sending = (async () => {
    let batch = 0;
    for await (const files of imageBatches(paths, progress)) {
      if (!(await answers.turn(batch))) return;
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
      if (!result) continue;
      for (const results of answers.take(Number(result.batchId), result.results)) {
        for (const { id, embedding, error } of results) {
          if (embedding) {
            progress.done();
            yield { source: id, identity, ...readEmbedding(embedding) };
          } else progress.failed(`${id}: ${error?.message ?? 'no vector'}`);
        }
      }
    }
  } catch (thrown) {
    throw failure ?? thrown;
  } finally {
    images.cancel();
    answers.close();
    await sending;
  }
}
