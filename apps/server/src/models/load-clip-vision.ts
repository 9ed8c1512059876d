import { readImageRecipe } from '@triptych/preprocessing';
import { Pooling } from '@triptych/protocol';
import {
  readVisionConfig,
  startVisionEncoder,
  VISION_TENSORS,
  type VisionPooling,
} from '@triptych/vision-encoder';
import { encoderOptions } from './encoder-options.js';
import type { TowerSpaces } from './load-clip.js';
import type { LoadContext } from './load-model.js';
import type { ServedImage } from './served-model.js';

const poolings: Readonly<Record<number, VisionPooling>> = {
  [Pooling.POOLING_UNSPECIFIED]: 'projected',
  [Pooling.POOLING_CLS]: 'class',
  [Pooling.POOLING_PROJECTED]: 'projected',
  [Pooling.POOLING_NONE]: 'none',
};

/** Starts a CLIP checkpoint's vision tower. */
export async function loadClipVision(context: LoadContext, spaces: TowerSpaces): Promise<ServedImage> {
  const { directory, weights, workers } = context;
  const { metadata, preprocessor } = directory;
  const config = readVisionConfig(metadata.config, preprocessor);
  const recipe = readImageRecipe(preprocessor ?? {}, config.imageSize);
  const options = encoderOptions(context, 'image', () => weights.read(VISION_TENSORS));
  return {
    encoder: await context.started(startVisionEncoder(config, options)),
    config,
    preprocessor: await workers.image(),
    poolings,
    dimensions: (pooling) => (pooling === 'projected' ? config.projection : config.blocks.width),
    recipe,
    space: spaces('image'),
  };
}
