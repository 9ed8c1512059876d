import { ConfigFields, type JsonObject } from '@triptych/core';
import { type GraphBuilder, timesTransposed, type Value } from '@triptych/inference-core';

/** How an image becomes patches, and patches tokens (Dosovitskiy et al. 2020). */
export interface PatchConfig {
  readonly width: number;
  /** Pixels of one side of the input. */
  readonly imageSize: number;
  /** Pixels of one side of a patch. */
  readonly patchSize: number;
  readonly pixels: PixelNormalization;
}

/** value = (byte × factor − mean) / deviation, channel by channel. */
export interface PixelNormalization {
  readonly factor: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** The mean and the deviation of pixels that a family's image processor has where a checkpoint is silent. */
export interface PixelStandards {
  readonly image_mean: readonly number[];
  readonly image_std: readonly number[];
}

/** Reads a `preprocessor_config.json`. Its problems are noted in `model`. */
export function readPixelNormalization(
  model: ConfigFields,
  preprocessor: JsonObject,
  standards: PixelStandards,
): PixelNormalization {
  const processor = new ConfigFields(
    { rescale_factor: 1 / 255, ...standards, ...preprocessor },
    'preprocessor ',
  );
  const normalizes = processor.flag('do_normalize', true);
  const pixels = {
    factor: processor.flag('do_rescale', true) ? processor.number('rescale_factor') : 1,
    mean: normalizes ? processor.numbers('image_mean', 3) : [0, 0, 0],
    deviation: normalizes ? processor.numbers('image_std', 3) : [1, 1, 1],
  };
  for (const problem of processor.problems) model.problem(problem);
  return pixels;
}

/** Patches of one side of an image. What is left over at its right and lower edge is not seen. */
export function patchesOfSide({
  imageSize,
  patchSize,
}: Pick<PatchConfig, 'imageSize' | 'patchSize'>): number {
  return Math.floor(imageSize / patchSize);
}

/**
 * The patch convolution, whose stride is its size, as a matrix product: uint8 [batch, size, size, 3] → [batch, patches, width].
 * `kernel`: the name of its weight, [width, 3, patch, patch].
 */
export function embedPatches(g: GraphBuilder, pixels: Value, kernel: string, config: PatchConfig): Value {
  const { width, imageSize, patchSize, pixels: recipe } = config;
  const side = patchesOfSide(config);
  const values = 3 * patchSize * patchSize;
  const whole = side * patchSize === imageSize ? pixels : crop(g, pixels, side * patchSize);
  const tiles = g.op('Reshape', [whole, g.ints([-1, side, patchSize, side, patchSize, 3])]);
  const patches = g.op('Transpose', [tiles], { attributes: { perm: [0, 1, 3, 5, 2, 4] } });
  const floats = g.op('Cast', [patches], { attributes: { to: 1 } });
  const perChannel = (value: (channel: number) => number) => g.floats([0, 1, 2].map(value), [3, 1, 1]);
  const scaled = g.op('Mul', [floats, perChannel((c) => recipe.factor / recipe.deviation[c])]);
  const normalized = g.op('Sub', [scaled, perChannel((c) => recipe.mean[c] / recipe.deviation[c])]);
  const flat = g.op('Reshape', [normalized, g.ints([-1, side * side, values])]);
  const weight = g.weight(kernel, [width, 3, patchSize, patchSize], [width, values]);
  return timesTransposed(g, flat, weight);
}

function crop(g: GraphBuilder, pixels: Value, size: number): Value {
  return g.op('Slice', [pixels, g.ints([0, 0]), g.ints([size, size]), g.ints([1, 2])]);
}
