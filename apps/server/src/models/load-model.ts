import { AudioEncoder, type AudioPooling, contextSamples, frameSamples, readWhisperConfig } from '@triptych/audio-encoder';
import { type Logger, TriptychError } from '@triptych/core';
import { Pooling } from '@triptych/protocol';
import { type LoadedWeights, openModelDirectory } from '@triptych/weight-loader';
import type { ServerConfig } from '../config/settings.js';
import { type ServedModel, spaces } from './served-model.js';

const poolings: Readonly<Record<number, AudioPooling>> = {
  [Pooling.POOLING_UNSPECIFIED]: 'mean',
  [Pooling.POOLING_MEAN]: 'mean',
  [Pooling.POOLING_MEAN_VALID]: 'mean-valid',
  [Pooling.POOLING_NONE]: 'none',
};

/** Where a model lies, and the name it is served by where that is not its own. */
export interface ModelSource {
  readonly directory: string;
  readonly name: string | undefined;
}

/** Loads a model directory and starts its encoders. Throws bad-weights errors that name file and tensor. */
export async function loadModel(source: ModelSource, config: ServerConfig, logger: Logger): Promise<ServedModel> {
  const started = performance.now();
  const directory = await openModelDirectory(source.directory);
  const { metadata, architecture } = directory;
  const name = source.name ?? metadata.model_name;
  const whisper = readWhisperConfig(metadata.config, directory.preprocessor);
  let first: Omit<LoadedWeights, 'weights'> | undefined;
  const encoder = await AudioEncoder.start({
    name,
    config: whisper,
    // Read anew for a restarted worker: no copy is kept. They must still be the weights that were announced.
    weights: async () => {
      const { weights, ...identity } = await directory.load();
      first ??= identity;
      if (identity.fingerprint !== first.fingerprint) {
        throw new TriptychError('WEIGHTS_CORRUPT', `${source.directory} has changed since it was loaded; restart the server`);
      }
      return weights;
    },
    threads: config.threads,
    queue: { maxItems: config.queueItems, maxBytes: config.queueBytes },
    logger,
  });
  if (!first) throw new TriptychError('INTERNAL', 'an encoder started without weights');
  const { fingerprint, weightType } = first;
  const samples = contextSamples(whisper);
  const milliseconds = (n: number) => (1000 * n) / whisper.mel.sampleRate;
  const model: ServedModel = {
    name,
    fingerprint,
    architecture,
    weightType,
    parameters: metadata.total_parameters,
    loadMs: performance.now() - started,
    audio: {
      encoder,
      config: whisper,
      poolings,
      contextSamples: samples,
      contextMs: milliseconds(samples),
      frameMs: milliseconds(frameSamples(whisper)),
      space: spaces(metadata, fingerprint),
    },
  };
  const { loadMs } = model;
  logger.info({ model: name, fingerprint, architecture, weightType, loadMs: Math.round(loadMs) }, 'model ready');
  return model;
}

/** `DIR` or `NAME=DIR`. */
export function parseModelSource(text: string): ModelSource {
  const at = text.indexOf('=');
  return at < 0 ? { directory: text, name: undefined } : { name: text.slice(0, at), directory: text.slice(at + 1) };
}
