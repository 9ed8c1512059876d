import { type AudioItem, audioParts, readWhisperConfig } from '@triptych/audio-encoder';
import { TriptychError } from '@triptych/core';
import { clipConfig, type EncoderParts, type RunRequest } from '@triptych/inference-core';
import { readTextConfig, TEXT_TENSORS, type TextItem, textParts } from '@triptych/text-encoder';
import { type ImageItem, readVisionConfig, VISION_TENSORS, visionParts } from '@triptych/vision-encoder';
import type { ModelDirectory } from '@triptych/weight-loader';
import { prepareAudio, prepareImages, prepareTexts } from './samples.js';

/** What a model is calibrated and measured with: files, and texts. */
export interface CalibrationInputs {
  readonly audio: readonly string[];
  readonly images: readonly string[];
  readonly texts: readonly string[];
}

/** What samples are for: those that measure are not those that calibrate, where there are enough of them. */
export type Purpose = 'calibrating' | 'measuring';

/** One encoder of a model, whatever it encodes. */
export interface Tower extends Pick<EncoderParts<never>, 'graph' | 'blocks'> {
  /** Its graph where another directory holds it, in int8. */
  readonly graphOf: (directory: ModelDirectory) => EncoderParts<never>['graph'];
  readonly name: 'audio' | 'image' | 'text';
  readonly tensors: RegExp | undefined;
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

/** The encoders of a model directory. Throws CONFIG_INVALID where one has nothing to be calibrated with. */
export async function openTowers(directory: ModelDirectory, inputs: CalibrationInputs): Promise<Tower[]> {
  const { metadata, architecture } = directory;
  if (architecture === 'whisper-encoder') return [await audioTower(directory, inputs.audio)];
  const { vision_config: vision, text_config: text } = clipConfig(metadata.config);
  return [
    ...(vision === undefined ? [] : [await imageTower(directory, inputs.images)]),
    ...(text === undefined ? [] : [await textTower(directory, inputs.texts)]),
  ];
}

async function audioTower(directory: ModelDirectory, files: readonly string[]): Promise<Tower> {
  const { preprocessor } = directory;
  const clips = await prepareAudio(directory, needed(files, 'audio'));
  const item = (samples: AudioItem['samples'], context: AudioItem['context']): AudioItem => ({
    samples: samples.slice(),
    context,
    pooling: 'mean',
    form,
  });
  const partsOf = ({ metadata }: ModelDirectory) =>
    audioParts(readWhisperConfig(metadata.config, preprocessor));
  return towerOf('audio', directory, partsOf, {
    samples: clips,
    // Padded and trimmed: what a block reads of silence differs from what it reads of speech.
    items: (samples) => [item(samples, 'padded'), item(samples, 'trimmed')],
    load: () => [item(clips[0], 'padded')],
    loadName: 'one clip, padded to the full context',
  });
}

async function imageTower(directory: ModelDirectory, files: readonly string[]): Promise<Tower> {
  const { preprocessor } = directory;
  const images = await prepareImages(directory, needed(files, 'images'));
  const item = (pixels: ImageItem['pixels']): ImageItem => ({
    pixels: pixels.slice(),
    pooling: 'projected',
    form,
  });
  const partsOf = ({ metadata }: ModelDirectory) =>
    visionParts(readVisionConfig(metadata.config, preprocessor));
  return towerOf(
    'image',
    directory,
    partsOf,
    {
      samples: images,
      items: (pixels) => [item(pixels)],
      load: () => batch(images.map(item)),
      loadName: `${LOAD_BATCH} images`,
    },
    VISION_TENSORS,
  );
}

async function textTower(directory: ModelDirectory, texts: readonly string[]): Promise<Tower> {
  const tokens = await prepareTexts(directory, needed(texts, 'texts'));
  const item = (ids: TextItem['ids']): TextItem => ({ ids, pooling: 'projected', form });
  return towerOf(
    'text',
    directory,
    ({ metadata }) => textParts(readTextConfig(metadata.config)),
    {
      samples: tokens,
      items: (ids) => [item(ids)],
      // Of one length, as those of a batch are.
      load: () => batch([item(tokens[0])]),
      loadName: `${LOAD_BATCH} texts`,
    },
    TEXT_TENSORS,
  );
}

interface TowerSamples<Item, Sample> {
  readonly samples: readonly Sample[];
  readonly items: (sample: Sample) => Item[];
  readonly load: () => Item[];
  readonly loadName: string;
}

function towerOf<Item, Sample>(
  name: Tower['name'],
  directory: ModelDirectory,
  partsOf: (directory: ModelDirectory) => EncoderParts<Item>,
  { samples, items, load, loadName }: TowerSamples<Item, Sample>,
  tensors?: RegExp,
): Tower {
  const { graph, blocks, request } = partsOf(directory);
  const chosen = (purpose: Purpose) =>
    samples.length < ONE_IN
      ? samples
      : samples.filter((_, i) => (i % ONE_IN === ONE_IN - 1) === (purpose === 'measuring'));
  return {
    name,
    graph,
    graphOf: (other) => partsOf(other).graph,
    blocks,
    tensors,
    samples: (purpose) => chosen(purpose).flatMap((sample) => items(sample).map((item) => request([item]))),
    load: () => request(load()),
    loadName,
  };
}

function batch<Item>(items: readonly Item[]): Item[] {
  return Array.from({ length: LOAD_BATCH }, (_, i) => items[i % items.length]);
}

function needed<T>(given: readonly T[], what: string): readonly T[] {
  if (given.length > 0) return given;
  throw new TriptychError('CONFIG_INVALID', `${what} are needed to calibrate this model; none were given`);
}
