import type { WeightSet } from '@triptych/core';
import type { Modality } from '@triptych/engine';
import type { EncoderOptions } from '@triptych/inference-core';
import type { LoadContext } from './load-model.js';

/** How the server runs an encoder. */
export function encoderOptions(
  { name, config, logger, metrics }: LoadContext,
  modality: Modality,
  weights: () => Promise<WeightSet>,
): EncoderOptions {
  return {
    name: `${name}/${modality}`,
    weights,
    threads: config.threads,
    instances: config.instances,
    isolation: config.isolation,
    queue: { maxItems: config.queueItems, maxBytes: config.queueBytes },
    observer: metrics.queue(`${name}/${modality}`),
    logger,
  };
}
