import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileWithin, soleCaller, TriptychError } from '@triptych/core';
import { AudioEncoding, EmbeddingEncoding, readEmbedding } from '@triptych/protocol';
import { Admission } from '@triptych/engine';
import { encodeClip } from '../grpc/audio/encode-clips.js';
import { planAudio } from '../grpc/audio/audio-request.js';
import { encodeImage, planImages } from '../grpc/image/image-request.js';
import { encodeText, planTexts } from '../grpc/text/text-request.js';
import { ModelRegistry } from '../models/model-registry.js';
import type { Observers } from '../models/load-model.js';
import type { Metrics } from '../observability/metrics.js';
import { untraced } from '../observability/tracing.js';
import { lanesOf, type ServedModel } from '../models/served-model.js';
import { compareVectors } from './compare.js';
import { readReference, type ReferenceItem } from './reference.js';

/** A model directory's own reference vectors. */
export const REFERENCE_FILE = 'reference.json';

/** Lowest cosine of an input to its reference: int8 weights give 0.99 and more, another activation 0.9 and less. */
const MIN_COSINE = 0.98;
/** The same for weights that are stored as floats. */
const MIN_FLOAT_COSINE = 0.9999;

const options = { normalize: false, encoding: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32 };

/** Holds a model to its own reference vectors. Throws SELF_CHECK_FAILED with the worst input, or that there are none. */
export async function selfCheck(
  model: ServedModel,
  maxPixels: number,
  { logger, metrics }: Observers,
): Promise<void> {
  const [missing] = missingReferences([model]);
  if (missing) throw missing;
  const path = await fileWithin(model.directory, REFERENCE_FILE);
  const { items } = await readReference(path);
  const found = await Promise.all(items.map((item) => encode(model, item, maxPixels, metrics)));
  const compared = compareVectors(items, found).items;
  const worst = compared.reduce((a, b) => (b.cosine >= a.cosine ? a : b));
  const limit = model.weightType === 'int8' ? MIN_COSINE : MIN_FLOAT_COSINE;
  if (!(worst.cosine >= limit)) {
    throw new TriptychError(
      'SELF_CHECK_FAILED',
      `${path}: ${worst.input}: cosine ${worst.cosine.toFixed(6)} to the reference, expected at least ${limit}`,
    );
  }
  logger.info({ model: model.name, vectors: items.length, lowestCosine: worst.cosine }, 'self-check passed');
}

/** A SELF_CHECK_FAILED for each directory that has no reference. */
export function missingReferences(models: readonly { readonly directory?: string }[]): TriptychError[] {
  const paths = models.flatMap(({ directory }) => (directory ? [join(directory, REFERENCE_FILE)] : []));
  return paths
    .filter((path) => !existsSync(path))
    .map(
      (path) =>
        new TriptychError(
          'SELF_CHECK_FAILED',
          `${path}: no such file; make it with tools/reference/make_reference.py, or start without --self-check`,
        ),
    );
}

async function encode(
  model: ServedModel,
  { kind, input }: ReferenceItem,
  maxPixels: number,
  metrics: Metrics,
): Promise<Float32Array> {
  const { signal } = new AbortController();
  const admission = new Admission({ items: 1, allItems: 1, bytes: Infinity }, lanesOf([model]));
  const context = { signal, caller: soleCaller(), admission, deadline: Infinity, metrics, trace: untraced };
  const own = new ModelRegistry([model]);
  const read = () =>
    readFile(input).catch((cause: unknown) => {
      throw new TriptychError('FILE_UNREADABLE', `${input}: cannot be read`, { cause });
    });
  const encoded = async () => {
    if (kind === 'text') {
      return encodeText(planTexts(own.serving('text', ''), options, false), Buffer.from(input), context);
    }
    if (kind === 'image') {
      const plan = planImages(own.serving('image', ''), options, maxPixels);
      return encodeImage(plan, { id: input, encoded: await read() }, context);
    }
    const plan = planAudio(own.serving('audio', ''), { context: 0, options });
    const format = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER, sampleRateHz: 0, channels: 0 };
    return encodeClip(plan, { id: input, format, data: await read() }, context);
  };
  const { embedding } = await encoded();
  return embedding ? readEmbedding(embedding).values : new Float32Array(0);
}
