import { readFile } from 'node:fs/promises';
import { problemOf } from '@triptych/core';
import type { Progress } from './encoded-vector.js';

/** Images of one message: enough to fill a server's batch, few enough to stay below its limit on bytes. */
const BATCH = 8;
/** Leaves room for what is around the images in a message of at most 16 MiB. */
const BATCH_BYTES = 12 * 1024 * 1024;

export interface ImageFile {
  readonly path: string;
  readonly data: Buffer;
}

/** Files in batches, read as they are needed. One that cannot be read is reported and left out. */
export async function* imageBatches(
  paths: readonly string[],
  progress: Progress,
): AsyncGenerator<ImageFile[]> {
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
