import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileWithin, type Logger, soleCaller, TriptychError } from '@triptych/core';
import { Admission } from '../admission/admission.js';
import { planAudio } from '../audio/audio-plan.js';
import { encodeClip } from '../audio/encode-clips.js';
import type { CallContext } from '../call.js';
import { valuesOf } from '../cross-modal/item-vectors.js';
import { encodeImage, planImages } from '../image/image-plan.js';
import type { EncodedItem } from '../items/encode-prepared.js';
import { lanesOf, type ServedModel, servingOf } from '../models/served-model.js';
import { type EngineObserver, untraced } from '../observer.js';
import { encodeText, planTexts } from '../text/text-plan.js';
import { compareVectors } from './compare.js';
import { readReference, type ReferenceItem } from './reference.js';

/** A model directory's own reference vectors. */
export const REFERENCE_FILE = 'reference.json';

/** Lowest cosine of an input to its reference: int8 weights give 0.99 and more, halves 0.9995, another activation 0.9 and less. */
const MIN_COSINE = 0.98;
/** The same for weights that are stored as floats. */
const MIN_FLOAT_COSINE = 0.9999;

/** How inputs are encoded. */
const form = { normalize: false };

/** What a model is held to its reference with. */
export interface SelfCheckOptions {
  readonly logger: Logger;
  readonly observer: EngineObserver;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Holds a model to its own reference vectors. Throws SELF_CHECK_FAILED with the worst input, or that there are none, or what `signal`
 * aborts with.
 */
export async function selfCheck(
  model: ServedModel,
  maxPixels: number,
  options: SelfCheckOptions,
): Promise<void> {
  const { logger } = options;
  const [missing] = missingReferences([model]);
  if (missing) throw missing;
  const path = await fileWithin(model.directory, REFERENCE_FILE);
  const { items } = await readReference(path);
  const found = await Promise.all(items.map((item) => encode(model, item, maxPixels, options)));
  const compared = compareVectors(items, found).items;
  const worst = compared.reduce((a, b) => (b.cosine >= a.cosine ? a : b));
  const isRounded = model.weightType === 'int8' || model.precision === 'float16';
  const limit = isRounded ? MIN_COSINE : MIN_FLOAT_COSINE;
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
  { observer, signal }: SelfCheckOptions,
): Promise<Float32Array> {
  const admission = new Admission({ items: 1, allItems: 1, bytes: Infinity }, lanesOf([model]));
  const context = { signal, caller: soleCaller(), admission, deadline: Infinity, observer, trace: untraced };
  return valuesOf(await encodeInput(model, kind, input, maxPixels, context));
}

async function encodeInput(
  model: ServedModel,
  kind: ReferenceItem['kind'],
  input: string,
  maxPixels: number,
  context: CallContext,
): Promise<EncodedItem> {
  if (kind === 'text')
    return encodeText(planTexts(servingOf([model], 'text', model.name), { options: form }), input, context);
  const bytes = await readFile(input).catch((cause: unknown) => {
    throw new TriptychError('FILE_UNREADABLE', `${input}: cannot be read`, { cause });
  });
  if (kind === 'image')
    return encodeImage(
      planImages(servingOf([model], 'image', model.name), form, maxPixels),
      { encoded: bytes },
      context,
    );
  const clip = { format: { encoding: 'container' }, data: bytes };
  return encodeClip(planAudio(servingOf([model], 'audio', model.name), { options: form }), clip, context);
}
