import { toMatrix, vectorFusionRules } from '@triptych/clip-engine';
import type { EmbeddingBytes } from '@triptych/core';
import { finishEmbedding } from '@triptych/inference-core';
import { checkBatch, checkName, embeddingEncodings } from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import type { ModelStamp } from '../items/stamp.js';
import { type ComparedItem, cameBytes, itemLoads } from './compared-item.js';
import { itemVectors } from './item-vectors.js';
import { planSpace, spaceStamp } from './space-plan.js';
import { checkWeights } from './weights.js';

export interface FuseRequest {
  /** Default: the first that compares images and text. */
  readonly model?: string | undefined;
  readonly items: readonly ComparedItem[];
  /** `mean`, `geodesic`, `principal` or `max`. Default: `mean`. */
  readonly rule?: string | undefined;
  /** `float32`, `float16` or `int8`. Default: `float32`. */
  readonly encoding?: string | undefined;
}

/** Items of one vector: its making is not to keep other comparisons waiting. */
export const MOST_FUSED = 64;

export interface Fused {
  readonly stamp: ModelStamp;
  /** Of length 1. */
  readonly embedding: EmbeddingBytes;
  /** Of each item to it. */
  readonly cosines: Float32Array;
}

/**
 * One vector of several items of one space: late fusion. Rejects with the error of an item that failed, with WEIGHT_INVALID, or with
 * FUSION_UNDEFINED where the items' vectors cancel each other out.
 */
export async function fuse(
  parts: EngineParts,
  { model, items, rule, encoding }: FuseRequest,
  context: CallContext,
): Promise<Fused> {
  const plan = planSpace(parts, model);
  const { dimensions, engine } = plan.model.shared;
  checkBatch(items.length, Math.min(MOST_FUSED, parts.limits.maxItems), 'items');
  const chosen = checkName(rule, vectorFusionRules, 'rule');
  const numbers = checkName(encoding, embeddingEncodings, 'encoding');
  const weights = checkWeights(items, 'items');
  const load = { ...context, bytes: cameBytes(items, context), loads: itemLoads(plan, items) };
  return context.admission.run(load, async () => {
    const vectors = (await itemVectors(plan, items, 'items', context)).map((one) => {
      if ('error' in one) throw one.error;
      return one.vector;
    });
    const request = { vectors: toMatrix(vectors, dimensions), weights, rule: chosen };
    const { values, cosines } = await engine.fuseVectors(request, context);
    const form = { normalize: true, dimensions: 0, numbers };
    return { stamp: spaceStamp(plan), embedding: finishEmbedding(values, [dimensions], form), cosines };
  });
}
