import { engineDefaults } from '@triptych/engine/settings';
import { count } from '../schemas.js';
import { define } from './setting.js';

/** What prepares input. */
export const workerSettings = {
  audioWorkers: define({
    flag: '--audio-workers <n>',
    env: 'TRIPTYCH_AUDIO_WORKERS',
    default: engineDefaults.audioWorkers,
    description:
      'worker threads that decode and resample PCM, but for short clips that only need scaling; containers have two workers of their own',
    schema: count(1, 64),
  }),
  imageWorkers: define({
    flag: '--image-workers <n>',
    env: 'TRIPTYCH_IMAGE_WORKERS',
    default: engineDefaults.imageWorkers,
    description:
      'processes that decode and resize images up to 40 ms of work; each of the three classes of more expensive images starts as many of its own when such images come; 0: one for each core, at most 4',
    schema: count(0, 64),
  }),
  decodeTimeoutMs: define({
    flag: '--decode-timeout-ms <ms>',
    env: 'TRIPTYCH_DECODE_TIMEOUT_MS',
    default: engineDefaults.decodeTimeoutMs,
    description:
      'longest that decoding one clip or chunk of a container, or one image, may take, in milliseconds; turns of others in between do not count',
    schema: count(100, 600_000),
  }),
  tokenizeTimeoutMs: define({
    flag: '--tokenize-timeout-ms <ms>',
    env: 'TRIPTYCH_TOKENIZE_TIMEOUT_MS',
    default: engineDefaults.tokenizeTimeoutMs,
    description: 'longest that tokenizing one text may take, in milliseconds',
    schema: count(100, 600_000),
  }),
};
