import { type Isolation, messageOf, TriptychError } from '@triptych/core';
import type { Precision } from '@triptych/inference-core';
import { parseDevice } from '@triptych/inference-core/device';
import type { WeightsReader } from '@triptych/weight-loader';

/** Bounds of what one call or stream may bring. */
export interface EngineLimits {
  /** Clips of one call. */
  readonly maxClips: number;
  /** Images of one call, or of one batch of a stream. */
  readonly maxImages: number;
  /** Pixels of an image; checked before anything is decoded. */
  readonly maxPixels: number;
  /** Texts of one call. */
  readonly maxTexts: number;
  /** Queries and candidates, or items and labels, of one comparison. */
  readonly maxItems: number;
  /** Bytes of a comparison's answer. */
  readonly maxAnswerBytes: number;
  /** Windows of one stream that may be in work or unread. */
  readonly streamWindows: number;
  /** Images of one stream that may be in work or unread. */
  readonly streamImages: number;
}

/** Bounds of what is in work. */
export interface QueueLimits {
  /**
   * Items that are prepared or computed at a time for one model and modality, and items of calls that one caller may have in work
   * there.
   */
  readonly queueItems: number;
  /** Items of calls that all callers together may have in work for one model and modality. */
  readonly queueAllItems: number;
  /** Bytes of calls that are in work, of which one caller may hold no more than stay free, and bytes that may wait for one encoder. */
  readonly queueBytes: number;
}

/** How encoders run. */
export interface EncoderSettings {
  /** Threads of one inference; 0: one a core. */
  readonly threads: number;
  /** Further sessions of an audio encoder that share its threads; auto: one a thread, within 128 MiB of weights. */
  readonly instances: number | 'auto';
  /** Where sessions run and containers of audio are decoded: threads of this process, or processes of their own. */
  readonly isolation: Isolation;
  /** What models run on that name nothing else: `cpu`, `cuda:1`, `webgpu`, or `auto`, the fastest that there is. */
  readonly device: string;
  /** What transformers' blocks are computed in there; auto: halves where they are much faster. */
  readonly precision: Precision | 'auto';
  /** Tokens of one batch on a device other than the CPU; 0: what it is known to like. */
  readonly batchTokens: number;
  /** What reads weights: readers of our own where they can, or the Parquet decoder alone. */
  readonly weightsReader: WeightsReader;
}

/** What prepares items. */
export interface WorkerSettings {
  /** Threads that decode and resample PCM. */
  readonly audioWorkers: number;
  /** Processes that decode and resize images, of each class of cost; 0: one a core, at most 4. */
  readonly imageWorkers: number;
  /** Longest that decoding one clip, chunk of a container or image may take. */
  readonly decodeTimeoutMs: number;
  /** Longest that tokenizing one text may take. */
  readonly tokenizeTimeoutMs: number;
}

/** How many models there are, and how they come and go. */
export interface ModelSettings {
  /** Models that may be known, loaded or not. */
  readonly maxModels: number;
  /** Bytes that loaded models may take together, by an estimate; 0: no bound. */
  readonly modelMemory: number;
  /** Time without a call after which a model is unloaded, until one asks for it; 0: never. */
  readonly modelIdleMs: number;
  /** Models that are loaded at a time. */
  readonly modelLoads: number;
  /** Longest that a load waits for memory. */
  readonly modelWaitMs: number;
}

export interface EngineSettings
  extends EngineLimits, QueueLimits, EncoderSettings, WorkerSettings, ModelSettings {}

const MIB = 1024 * 1024;

export const engineDefaults: EngineSettings = Object.freeze({
  threads: 0,
  instances: 'auto',
  isolation: 'thread',
  device: 'cpu',
  precision: 'float32',
  batchTokens: 0,
  weightsReader: 'auto',
  audioWorkers: 1,
  imageWorkers: 0,
  decodeTimeoutMs: 10_000,
  tokenizeTimeoutMs: 5000,
  queueItems: 256,
  queueAllItems: 4096,
  queueBytes: 256 * MIB,
  maxClips: 64,
  maxImages: 64,
  maxPixels: 50_000_000,
  maxTexts: 256,
  maxItems: 1024,
  maxAnswerBytes: 256 * MIB,
  streamWindows: 4,
  streamImages: 64,
  maxModels: 256,
  modelMemory: 0,
  modelIdleMs: 0,
  modelLoads: 2,
  modelWaitMs: 30_000,
});

/** Settings that may be 0; all others count something that there must be one of. */
const mayBeNone: ReadonlySet<string> = new Set([
  'threads',
  'instances',
  'batchTokens',
  'imageWorkers',
  'modelMemory',
  'modelIdleMs',
]);

/** Settings with the defaults filled in. Throws CONFIG_INVALID that names the first that is wrong, or that there is none of. */
export function checkSettings(given: Partial<EngineSettings>): EngineSettings {
  const settings: Record<string, unknown> = { ...engineDefaults };
  for (const [name, value] of Object.entries(given)) {
    if (!(name in engineDefaults)) {
      const known = Object.keys(engineDefaults).join(', ');
      throw new TriptychError('CONFIG_INVALID', `an engine has no setting ${name}; expected one of ${known}`);
    }
    if (value === undefined) continue;
    const expected = expectedOf(name, value);
    if (expected !== undefined)
      throw new TriptychError('CONFIG_INVALID', `${name} is ${String(value)}; expected ${expected}`);
    settings[name] = value;
  }
  return settings as unknown as EngineSettings;
}

/** What a setting should be; undefined where it is. */
function expectedOf(name: string, value: unknown): string | undefined {
  if (name === 'isolation')
    return value === 'thread' || value === 'process' ? undefined : 'thread or process';
  if (name === 'weightsReader')
    return value === 'auto' || value === 'decoder' ? undefined : 'auto or decoder';
  if (name === 'device') return problemWithDevice(value);
  if (name === 'precision')
    return ['float32', 'float16', 'auto'].includes(value as string) ? undefined : 'float32, float16 or auto';
  if (name === 'instances' && value === 'auto') return undefined;
  const least = mayBeNone.has(name) ? 0 : 1;
  if (Number.isSafeInteger(value) && (value as number) >= least) return undefined;
  return `${name === 'instances' ? 'auto, or ' : ''}a whole number from ${least}`;
}

function problemWithDevice(value: unknown): string | undefined {
  try {
    parseDevice(String(value));
    return undefined;
  } catch (thrown) {
    return messageOf(thrown).replace(/^.*expected /, '');
  }
}
