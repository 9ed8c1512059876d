import { engineDefaults } from '@triptych/engine/settings';
import { z } from 'zod';
import { count, onOff } from '../schemas.js';
import { define } from './setting.js';

/** Models that come and go while the server runs. */
export const modelControlSettings = {
  modelControl: define({
    flag: '--model-control [on|off]',
    env: 'TRIPTYCH_MODEL_CONTROL',
    default: false,
    description:
      'Models.Load, Unload and Reload: off, or on for whoever may call; where tokens are asked for, for those that name these methods in full',
    schema: onOff,
  }),
  modelRoots: define({
    flag: '--model-root <dir>',
    env: 'TRIPTYCH_MODEL_ROOTS',
    default: [] as string[],
    description: 'folder below which Models.Load finds model directories (none: it loads none by path)',
    repeatable: true,
    path: true,
    schema: z.array(z.string().min(1)),
  }),
  hubModels: define({
    flag: '--hub-model <pattern>',
    env: 'TRIPTYCH_HUB_MODELS',
    default: [] as string[],
    description:
      'models of the hub that Models.Load and the file of --models may name: OWNER/NAME, OWNER/* or * (none: none)',
    repeatable: true,
    schema: z.array(
      z.string().regex(/^(\*|[\w.-]+\/(\*|[\w.-]+))$/, 'expected OWNER/NAME, an owner and a star, or a star'),
    ),
  }),
  modelMemory: define({
    flag: '--model-memory <bytes>',
    env: 'TRIPTYCH_MODEL_MEMORY',
    default: engineDefaults.modelMemory,
    description:
      'memory that loaded models may take together, in bytes, by an estimate; the least recently used one that nothing works with goes for another; 0: no bound',
    schema: count(0, Number.MAX_SAFE_INTEGER),
  }),
  modelIdleMs: define({
    flag: '--model-idle-ms <ms>',
    env: 'TRIPTYCH_MODEL_IDLE_MS',
    default: engineDefaults.modelIdleMs,
    description:
      'time without a call after which a model is unloaded, until the next call loads it, in milliseconds; 0: never',
    schema: count(0, 2_147_000_000),
  }),
  modelLoads: define({
    flag: '--model-loads <n>',
    env: 'TRIPTYCH_MODEL_LOADS',
    default: engineDefaults.modelLoads,
    description: 'models that are loaded at a time',
    schema: count(1, 64),
  }),
  modelWaitMs: define({
    flag: '--model-wait-ms <ms>',
    env: 'TRIPTYCH_MODEL_WAIT_MS',
    default: engineDefaults.modelWaitMs,
    description: 'longest that loading a model waits for memory that models in use take, in milliseconds',
    schema: count(1, 3_600_000),
  }),
  maxModels: define({
    flag: '--max-models <n>',
    env: 'TRIPTYCH_MAX_MODELS',
    default: engineDefaults.maxModels,
    description: 'models that may be known, loaded or not',
    schema: count(1, 10_000),
  }),
};
