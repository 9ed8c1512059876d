import { availableParallelism } from 'node:os';
import { type Logger, silentLogger, TriptychError } from '@triptych/core';
import { families as builtIn, type ModelFamily } from '@triptych/model-families';
import { Engine } from './engine.js';
import { loadModel, type ModelSource } from './models/load-model.js';
import { ModelRegistry } from './models/model-registry.js';
import { encodersOf } from './models/served-model.js';
import { SharedWorkers } from './models/shared-workers.js';
import { type EngineObserver, unobserved } from './observer.js';
import { selfCheck as check } from './self-check/self-check.js';
import { checkSettings, type EngineSettings } from './settings.js';

/** What an engine serves, and how; everything but the models has a default. */
export interface EngineOptions extends Partial<EngineSettings> {
  /** Model directories; the first that takes a modality is its default. */
  readonly models: readonly (string | ModelSource)[];
  /** Those that models may be of. Default: all that Triptych has. */
  readonly families?: readonly ModelFamily[] | undefined;
  /** Hold each model to its directory's `reference.json` before it serves. Default: false. */
  readonly selfCheck?: boolean | undefined;
  /** Default: nothing is logged. */
  readonly logger?: Logger | undefined;
  readonly observer?: EngineObserver | undefined;
}

/**
 * Loads models side by side, and serves them in this process: their workers run until the engine is closed. Throws CONFIG_INVALID,
 * bad-weights errors that name file and tensor, or SELF_CHECK_FAILED; nothing then remains.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { models, families = builtIn, selfCheck = false, ...others } = options;
  const { logger = silentLogger, observer = unobserved, ...given } = others;
  if (models.length === 0)
    throw new TriptychError('CONFIG_INVALID', 'no model to serve; expected model directories in `models`');
  const settings = checkSettings(given);
  const workers = new SharedWorkers(settings, logger);
  const load = {
    settings: { ...settings, threads: settings.threads || availableParallelism() },
    workers,
    families,
    logger,
    observer,
  };
  const loads = models.map((source) =>
    loadModel(typeof source === 'string' ? { directory: source } : source, load),
  );
  try {
    const registry = new ModelRegistry(await Promise.all(loads));
    if (selfCheck)
      for (const model of registry.models) await check(model, settings.maxPixels, { logger, observer });
    return new Engine(registry, settings, observer, () => workers.close());
  } catch (thrown) {
    // Models still loading may yet start workers that they share.
    const ended = await Promise.allSettled(loads);
    const loaded = ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(loaded.flatMap(encodersOf).map((encoder) => encoder.close()));
    await workers.close();
    throw thrown;
  }
}
