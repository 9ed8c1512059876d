import type { ModelStatistics } from '@triptych/protocol';
import type { OipModel } from '../models/oip-model.js';
import type { OpenInference } from '../open-inference.js';

/** `ModelStatistics` of one model: executions are its encoder's, whoever asked; the rest is of requests of this protocol. */
export function statisticsMessage(model: OipModel, { requests, executions }: OpenInference): ModelStatistics {
  const { name, version, served, modality } = model;
  const { success, fail, queue, computeInput, computeInfer, computeOutput, lastInference } =
    requests.of(model);
  const { items, batches, bySize } = executions.of(`${served.name}/${modality}`);
  return {
    name,
    version,
    lastInference,
    inferenceCount: items,
    executionCount: batches,
    inferenceStats: { success, fail, queue, computeInput, computeInfer, computeOutput },
    batchStats: bySize.map(({ size, count, ns }) => ({ batchSize: size, computeInfer: { count, ns } })),
  };
}
