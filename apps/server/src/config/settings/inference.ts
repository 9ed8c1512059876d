import type { Isolation } from '@triptych/core';
import { engineDefaults } from '@triptych/engine/settings';
import type { Precision } from '@triptych/inference-core';
import type { WeightsReader } from '@triptych/weight-loader';
import { z } from 'zod';
import { count, device } from '../schemas.js';
import { define } from './setting.js';

/** What models run on, and how. */
export const inferenceSettings = {
  threads: define({
    flag: '--threads <n>',
    env: 'TRIPTYCH_THREADS',
    default: engineDefaults.threads,
    description: 'threads of one inference; 0: one a core',
    schema: count(0, 256),
  }),
  instances: define<number | 'auto'>({
    flag: '--instances <n|auto>',
    env: 'TRIPTYCH_INSTANCES',
    default: engineDefaults.instances,
    description:
      'further sessions of an encoder that share its threads: short items that wait are computed side by side; each takes ' +
      'the memory of the weights again; auto: one a thread, within 128 MiB of weights; 0: none',
    schema: z.union([z.literal('auto'), count(0, 64)], {
      error: 'expected auto, or a whole number from 0 to 64',
    }),
  }),
  isolation: define<Isolation>({
    flag: '--isolation <thread|process>',
    env: 'TRIPTYCH_ISOLATION',
    default: engineDefaults.isolation,
    description:
      "where models' sessions run and containers of audio are decoded: threads of the server, or processes of their own, which may crash or be killed without it; images are decoded in processes always",
    schema: z.enum(['thread', 'process']),
  }),
  device: define({
    flag: '--device <device>',
    env: 'TRIPTYCH_DEVICE',
    default: engineDefaults.device,
    description:
      'what models run on: cpu, webgpu, cuda, cuda:N, or auto, the fastest that there is (triptych devices lists them); a device that was asked for and is not there ends the start',
    schema: device,
  }),
  precision: define<Precision | 'auto'>({
    flag: '--precision <precision>',
    env: 'TRIPTYCH_PRECISION',
    default: engineDefaults.precision,
    description:
      'what transformer blocks are computed in on a device other than the CPU: float32, float16, or auto, which is float16 where it is much faster (CUDA)',
    schema: z.enum(['float32', 'float16', 'auto']),
  }),
  batchTokens: define({
    flag: '--batch-tokens <n>',
    env: 'TRIPTYCH_BATCH_TOKENS',
    default: engineDefaults.batchTokens,
    description:
      'tokens of one batch on a device other than the CPU, such as 24576 for 16 windows of 30 s of speech; 0: what the device is known to like',
    schema: count(0, 1_048_576),
  }),
  weightsReader: define<WeightsReader>({
    flag: '--weights-reader <reader>',
    env: 'TRIPTYCH_WEIGHTS_READER',
    default: engineDefaults.weightsReader,
    description:
      'what reads weights: auto, readers of our own where a file is laid out for them; decoder: the Parquet library alone, slower and through memory',
    schema: z.enum(['auto', 'decoder']),
  }),
};
