import type { WeightSet } from '@triptych/core';
import type { EncoderOptions } from '@triptych/inference-core';
import type { LoadContext } from './load-model.js';
import type { ModalityName } from './served-model.js';

/** How the server runs an encoder. */
export function encoderOptions(
  { name, config, logger, metrics }: LoadContext,
  modality: ModalityName,
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
