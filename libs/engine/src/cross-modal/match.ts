import type { EmbeddingBytes } from '@triptych/core';
import { finishEmbedding } from '@triptych/inference-core';
import {
  checkBatch,
  checkName,
  embeddingEncodings,
  type RequestedImage,
  textBytes,
} from '@triptych/validation';
import { imageBytes } from '../admission/costs.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { encodeItems, type ItemResult } from '../items/encode-items.js';
import { type ModelStamp, stampOf } from '../items/stamp.js';
import { imageTokens, matchLoads, matchPair, planMatch, textIds, tokenBytes } from './match-pairs.js';
import { planSpace } from './space-plan.js';

export interface MatchRequest {
  /** Default: the first that compares images and text. */
  readonly model?: string | undefined;
  readonly pairs: readonly RequestedPair[];
  /** L2-normalise each vector. Default: true. */
  readonly normalize?: boolean | undefined;
  /** `float32`, `float16` or `int8`. Default: `float32`. */
  readonly encoding?: string | undefined;
}

/** A text, or its bytes in UTF-8, and an image that it may belong to. */
export interface RequestedPair {
  readonly text: string | Uint8Array;
  readonly image: RequestedImage;
}

export interface Matches {
  /** Its space is that of vectors of pairs. */
  readonly stamp: ModelStamp;
  readonly results: readonly ItemResult<MatchedPair>[];
}

export interface MatchedPair {
  /** That they belong together. */
  readonly probability: number;
  /** Of both. */
  readonly embedding: EmbeddingBytes;
}

/** Texts and images, pair by pair through one encoder: early fusion. A bad pair fails alone. */
export async function match(
  parts: EngineParts,
  { model, pairs, normalize = true, encoding }: MatchRequest,
  context: CallContext,
): Promise<Matches> {
  const { limits } = parts;
  const space = planSpace(parts, model);
  const plan = planMatch(space);
  checkBatch(pairs.length, limits.maxImages, 'pairs');
  const form = { normalize, dimensions: 0, numbers: checkName(encoding, embeddingEncodings, 'encoding') };
  const images = pairs.map(({ image }) => image);
  const came = imageBytes(images) + pairs.reduce((sum, { text }) => sum + textBytes(text), 0);
  const load = {
    ...context,
    bytes: Math.max(came, context.messageBytes ?? 0) + tokenBytes(plan, pairs.length),
    loads: matchLoads(plan, pairs.length, images),
  };
  return context.admission.run(load, async () => {
    const results = await encodeItems(pairs, 'pairs', async ({ text, image }) => {
      const ids = await textIds(plan, text, context);
      const { probability, vector } = await matchPair(
        plan,
        ids,
        await imageTokens(plan, image, context),
        context,
      );
      return { probability, embedding: finishEmbedding(vector, [vector.length], form) };
    });
    return { stamp: stampOf(plan.model, plan.match.space()), results };
  });
}
