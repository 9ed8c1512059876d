import type { RunRequest } from '@triptych/inference-core';
import { type ModalTower, type Modality, type OpenModel, towersOf } from '@triptych/model-families';
import { TriptychError } from '@triptych/core';
import { prepareAudio, prepareImages, prepareTexts } from './samples.js';

/** What a model is calibrated and measured with: files, and texts. */
export interface CalibrationInputs {
  readonly audio: readonly string[];
  readonly images: readonly string[];
  readonly texts: readonly string[];
}

/** What samples are for: those that measure are not those that calibrate, where there are enough of them. */
export type Purpose = 'calibrating' | 'measuring';

/** One encoder of a model, whatever it encodes, and samples for it. */
export interface SampledTower {
  readonly modality: Modality;
  readonly tower: ModalTower['tower'];
  /** One for each sample; anew at each call, for a run takes its buffers along. */
  readonly samples: (purpose: Purpose) => RunRequest[];
  /** What speed is measured with: a full context, a batch of images or texts. */
  readonly load: () => RunRequest;
  /** What `load` is, for a report. */
  readonly loadName: string;
}

const form = { normalize: true, dimensions: 0, numbers: 'float32' } as const;
const LOAD_BATCH = 16;
/** One sample in this many measures the error; the others calibrate. */
const ONE_IN = 4;

/** The encoders of a model. Throws CONFIG_INVALID where one has nothing to be calibrated with. */
export async function sampledTowers(
  { directory, model }: OpenModel,
  inputs: CalibrationInputs,
): Promise<SampledTower[]> {
  const towers: SampledTower[] = [];
  for (const one of towersOf(model)) towers.push(await sampled(one, inputs, directory.metadata.model_name));
  return towers;
}

async function sampled(one: ModalTower, inputs: CalibrationInputs, name: string): Promise<SampledTower> {
  const { modality, tower } = one;
  const pooling = tower.poolings[0];
  if (modality === 'audio') {
    const { contexts, request } = one.tower;
    const clips = await prepareAudio(one.tower, needed(inputs.audio, 'audio'));
    const items = (samples: (typeof clips)[number]) =>
      // Of every context: what a block reads of silence differs from what it reads of speech.
      contexts.map((context) => ({ samples: samples.slice(), context, pooling, form }));
    return {
      modality,
      tower,
      samples: (purpose) =>
        chosen(clips, purpose).flatMap((clip) => items(clip).map((item) => request([item]))),
      load: () => request([items(clips[0])[0]]),
      loadName: contexts[0] === 'padded' ? 'one clip, padded to the full context' : 'one clip',
    };
  }
  if (modality === 'image') {
    const { request, recipe } = one.tower;
    const images = await prepareImages(recipe, needed(inputs.images, 'images'));
    const item = (pixels: (typeof images)[number]) => ({ pixels: pixels.slice(), pooling, form });
    return {
      modality,
      tower,
      samples: (purpose) => chosen(images, purpose).map((pixels) => request([item(pixels)])),
      load: () => request(batch(images).map(item)),
      loadName: `${LOAD_BATCH} images`,
    };
  }
  const { request } = one.tower;
  const texts = await prepareTexts(one.tower, name, needed(inputs.texts, 'texts'));
  const item = (ids: readonly number[]) => ({ ids, pooling, form });
  return {
    modality,
    tower,
    samples: (purpose) => chosen(texts, purpose).map((ids) => request([item(ids)])),
    // Of one length, as those of a batch are.
    load: () => request(batch([texts[0]]).map(item)),
    loadName: `${LOAD_BATCH} texts`,
  };
}

function chosen<T>(samples: readonly T[], purpose: Purpose): readonly T[] {
  if (samples.length < ONE_IN) return samples;
  return samples.filter((_, i) => (i % ONE_IN === ONE_IN - 1) === (purpose === 'measuring'));
}

function batch<T>(items: readonly T[]): T[] {
  return Array.from({ length: LOAD_BATCH }, (_, i) => items[i % items.length]);
}

function needed<T>(given: readonly T[], what: string): readonly T[] {
  if (given.length > 0) return given;
  throw new TriptychError('CONFIG_INVALID', `${what} are needed to calibrate this model; none were given`);
}
