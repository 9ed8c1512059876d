import type { ServedImage } from '@triptych/engine';
import { readImageRecipe } from '@triptych/preprocessing';
import { readVisionConfig, startVisionEncoder, VISION_TENSORS } from '@triptych/vision-encoder';
import { encoderOptions } from './encoder-options.js';
import type { TowerSpaces } from './load-clip.js';
import type { LoadContext } from './load-model.js';

/** Starts a CLIP checkpoint's vision tower. */
export async function loadClipVision(context: LoadContext, spaces: TowerSpaces): Promise<ServedImage> {
  const { directory, weights, workers } = context;
  const { metadata, preprocessor } = directory;
  const config = readVisionConfig(metadata.config, preprocessor);
  const recipe = readImageRecipe(preprocessor ?? {}, config.imageSize);
  const options = encoderOptions(context, 'image', () => weights.read(VISION_TENSORS));
  return {
    encoder: await context.started(startVisionEncoder(config, options)),
    preprocessor: await workers.image(),
    poolings: ['projected', 'class', 'none'],
    dimensions: (pooling) => (pooling === 'projected' ? config.projection : config.blocks.width),
    recipe,
    patchSize: config.patchSize,
    space: spaces('image'),
  };
}
