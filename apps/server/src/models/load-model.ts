import { type Logger, TriptychError } from '@triptych/core';
import type { ServedModel } from '@triptych/engine';
import { type ModelDirectory, openModelDirectory } from '@triptych/weight-loader';
import type { ModelSource } from '../config/paths.js';
import type { ServerConfig } from '../config/settings.js';
import type { Metrics } from '../observability/metrics.js';
import { loadClip } from './load-clip.js';
import { loadWhisper } from './load-whisper.js';
import type { SharedWorkers } from './shared-workers.js';
import { WeightSource } from './weight-source.js';

/** What loading an architecture's encoders takes. */
export interface LoadContext {
  readonly name: string;
  readonly directory: ModelDirectory;
  readonly weights: WeightSource;
  readonly config: ServerConfig;
  readonly workers: SharedWorkers;
  /** Notes an encoder that has started: should loading fail after all, it is ended. */
  readonly started: <E extends Closable>(encoder: Promise<E>) => Promise<E>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

interface Closable {
  close(): Promise<void>;
}

/** Who hears of what happens. */
export interface Observers {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The part of a served model that its architecture makes. */
export type LoadedEncoders = Pick<ServedModel, 'audio' | 'image' | 'text' | 'shared'>;

const architectures: Readonly<
  Record<ModelDirectory['architecture'], (context: LoadContext) => Promise<LoadedEncoders>>
> = { 'whisper-encoder': loadWhisper, clip: loadClip };

/** Loads a model directory and starts its encoders. Throws bad-weights errors that name file and tensor. */
export async function loadModel(
  source: ModelSource,
  config: ServerConfig,
  workers: SharedWorkers,
  { logger, metrics }: Observers,
): Promise<ServedModel> {
  const since = performance.now();
  const directory = await openModelDirectory(source.directory);
  const { metadata, architecture } = directory;
  const name = source.name ?? metadata.model_name;
  const weights = new WeightSource(directory);
  const open: Closable[] = [];
  const note = async <E extends Closable>(encoder: Promise<E>): Promise<E> => {
    open.push(await encoder);
    return encoder;
  };
  const context: LoadContext = { name, directory, weights, config, workers, logger, metrics, started: note };
  try {
    const encoders = await architectures[architecture](context);
    const model: ServedModel = {
      name,
      directory: source.directory,
      ...weights.identify(),
      architecture,
      parameters: metadata.total_parameters,
      loadMs: performance.now() - since,
      ...encoders,
    };
    const { fingerprint, weightType, loadMs } = model;
    logger.info(
      { model: name, fingerprint, architecture, weightType, loadMs: Math.round(loadMs) },
      'model ready',
    );
    return model;
  } catch (thrown) {
    await Promise.all(open.map((encoder) => encoder.close()));
    throw inDirectory(source.directory, TriptychError.from(thrown));
  }
}

/** A message about a tensor or a configuration names the directory that it is in. */
function inDirectory(directory: string, error: TriptychError): TriptychError {
  if (error.code !== 'bad-weights' || error.message.includes(directory)) return error;
  return new TriptychError(error.reason, `${directory}: ${error.message}`, {
    field: error.field,
    cause: error,
  });
}
