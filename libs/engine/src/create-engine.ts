import { availableParallelism } from 'node:os';
import { type Logger, silentLogger, TriptychError } from '@triptych/core';
import { families as builtIn, type ModelFamily } from '@triptych/model-families';
import { Engine } from './engine.js';
import { type ModelSource, sourceOf } from './models/load-model.js';
import { ModelLoader } from './models/model-loader.js';
import { ModelRegistry } from './models/model-registry.js';
import { Placements } from './models/placements.js';
import { SharedWorkers } from './models/shared-workers.js';
import { type EngineObserver, unobserved } from './observer.js';
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
  const { models, families = builtIn, selfCheck: isChecked = false, ...others } = options;
  const { logger = silentLogger, observer = unobserved, ...given } = others;
  if (models.length === 0)
    throw new TriptychError('CONFIG_INVALID', 'no model to serve; expected model directories in `models`');
  const settings = checkSettings(given);
  const { maxPixels } = settings;
  const placements = new Placements(settings, logger);
  // Before anything is loaded: a device that is not there is told at once.
  await placements.of({});
  const loader = new ModelLoader({
    settings: { ...settings, threads: settings.threads || availableParallelism() },
    workers: new SharedWorkers(settings, logger),
    placements,
    families,
    logger,
    observer,
    maxPixels,
    isChecked,
  });
  const registry = new ModelRegistry(loader, settings, logger);
  try {
    await registry.start(models.map(sourceOf));
    return new Engine(registry, settings, observer, loader);
  } catch (thrown) {
    await Promise.all([registry.close(), loader.close()]);
    throw thrown;
  }
}
