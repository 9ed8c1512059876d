import { z } from 'zod';
import { define } from './setting.js';

/** Which models are served. */
export const modelSettings = {
  models: define({
    flag: '--model [name=]<model>',
    env: 'TRIPTYCH_MODELS',
    default: [] as string[],
    description:
      'model directory, HuggingFace checkpoint directory, or OWNER/NAME[@REVISION] of a hub, to serve by its own name or another; the first of a modality is its default (none, and no --models: the demo models)',
    repeatable: true,
    path: true,
    schema: z.array(z.string().min(1)),
  }),
  modelsFile: define({
    flag: '--models <file>',
    env: 'TRIPTYCH_MODELS_FILE',
    default: '',
    description:
      'YAML file of further models, their versions and aliases, which is served anew when it changes; empty: none',
    path: true,
    schema: z.string(),
  }),
};
