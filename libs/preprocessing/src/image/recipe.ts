import { ConfigFields, type JsonObject } from '@triptych/core';
import { type FilterName, kernels } from './resize/filters.js';
import { resizeAndCrop, type ResizePlan } from './resize/resize.js';
import type { Pixels } from './pixels.js';

/** How an image becomes a model's input, as a checkpoint's `preprocessor_config.json` says. */
export interface ImageRecipe {
  /** Resize to this: the shorter edge, the other one following; or both. */
  readonly size: { readonly shortestEdge: number } | { readonly width: number; readonly height: number };
  readonly filter: FilterName;
  /** Pixels of one side of the centre that is cut out: the model's input. */
  readonly inputSize: number;
}

/** The largest side of a model's input, in pixels: some 20 000 patches of the usual size. */
export const LARGEST_INPUT = 2048;

/** Numbers of `PIL.Image.Resampling`. */
const filters: Readonly<Record<string, FilterName>> = { 2: 'bilinear', 3: 'bicubic' };

/**
 * Reads a `preprocessor_config.json` for a model of this input size. Where it is silent: bicubic, the shorter edge to the input
 * size, and its centre. Throws MODEL_CONFIG where the recipe would not always end in that size, or
 * that is above {@link LARGEST_INPUT}.
 */
export function readImageRecipe(preprocessor: JsonObject, inputSize: number): ImageRecipe {
  const fields = new ConfigFields({ size: inputSize, crop_size: inputSize, ...preprocessor });
  const filter = fields.choice('resample', filters, '3');
  if (inputSize > LARGEST_INPUT)
    fields.problem(`image_size must be at most ${LARGEST_INPUT}, found ${inputSize}`);
  if (!fields.flag('do_resize', true)) fields.problem('do_resize must be true');
  const size = readSize(fields, fields.raw('size'));
  if (fields.flag('do_center_crop', true)) {
    const crop = readSize(fields, fields.raw('crop_size'));
    const [height, width] =
      'width' in crop ? [crop.height, crop.width] : [crop.shortestEdge, crop.shortestEdge];
    if (height !== inputSize || width !== inputSize)
      fields.problem(`crop_size must be image_size, ${inputSize}`);
    const smallest = 'width' in size ? Math.min(size.width, size.height) : size.shortestEdge;
    if (smallest < inputSize) fields.problem(`size must be at least crop_size, ${inputSize}`);
  } else if (!('width' in size) || size.width !== inputSize || size.height !== inputSize) {
    fields.problem(`size must be image_size, ${inputSize}, both ways, or do_center_crop true`);
  }
  fields.check('image preprocessor configuration');
  return { size, filter, inputSize };
}

/** A number is the shortest edge; older files have it so. */
function readSize(fields: ConfigFields, value: unknown): ImageRecipe['size'] {
  const edge = (n: unknown) => typeof n === 'number' && Number.isInteger(n) && n > 0;
  if (edge(value)) return { shortestEdge: value as number };
  const { shortest_edge: shortest, width, height } = (value ?? {}) as Record<string, unknown>;
  if (edge(shortest)) return { shortestEdge: shortest as number };
  if (edge(width) && edge(height)) return { width: width as number, height: height as number };
  fields.problem(`size must be a number, shortest_edge, or width and height, found ${JSON.stringify(value)}`);
  return { shortestEdge: 1 };
}

/** RGB bytes of the model's input, [size, size, 3]. */
export function applyRecipe(image: Pixels, recipe: ImageRecipe): Uint8Array<ArrayBuffer> {
  return resizeAndCrop(image, planResize(image, recipe), kernels[recipe.filter]);
}

/** True where {@link applyRecipe} would give an image's pixels back as they are. */
export function isIdentity(
  image: { readonly width: number; readonly height: number },
  recipe: ImageRecipe,
): boolean {
  const { width, height } = planResize(image, recipe);
  const { inputSize } = recipe;
  return [image.width, image.height, width, height].every((n) => n === inputSize);
}

/** The long edge is truncated, not rounded, and so is the centre's place: `get_resize_output_image_size`, `center_crop`. */
function planResize(
  { width, height }: { readonly width: number; readonly height: number },
  recipe: ImageRecipe,
): ResizePlan {
  const { size, inputSize } = recipe;
  const target = 'width' in size ? size : shortestEdge(width, height, size.shortestEdge);
  return {
    ...target,
    crop: {
      left: Math.floor((target.width - inputSize) / 2),
      top: Math.floor((target.height - inputSize) / 2),
      width: inputSize,
      height: inputSize,
    },
  };
}

function shortestEdge(width: number, height: number, edge: number): { width: number; height: number } {
  const long = Math.trunc((edge * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? { width: edge, height: long } : { width: long, height: edge };
}
