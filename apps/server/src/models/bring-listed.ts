import type { Logger } from '@triptych/core';
import type { ModelSource } from '@triptych/engine';
import type { ModelSources } from './model-sources.js';
import type { ListedModel } from './models-file.js';

/** Where a model of a file of models lies; one of the hub is brought here first. Throws MODEL_SOURCE_INVALID, and as bringing it does. */
export async function bringListed(
  { from, ...model }: ListedModel,
  sources: ModelSources,
  logger: Logger,
  signal: AbortSignal,
): Promise<ModelSource> {
  if ('directory' in from) return { ...model, directory: from.directory };
  logger.info({ model: model.name, hub: from.hub }, 'bringing a model of the hub');
  return { ...model, directory: await sources.directoryOf(from, signal) };
}
