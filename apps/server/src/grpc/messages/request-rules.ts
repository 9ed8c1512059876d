import type { EngineLimits } from '@triptych/engine';
import { type RequestRule, requestRules } from '@triptych/protocol';

/** Numbers that a vector's shape may hold: one or two are right, and what is near is answered by name. */
const MOST_DIMENSIONS = 16;

/** What each method's request may hold, by path. */
export function serverRequestRules(limits: EngineLimits): ReadonlyMap<string, RequestRule> {
  const { maxClips, maxImages, maxTexts, maxItems } = limits;
  return requestRules({
    'EncodeAudioRequest.clips': maxClips,
    'EncodeImagesRequest.images': maxImages,
    'ImageBatch.images': maxImages,
    'EncodeTextsRequest.texts': maxTexts,
    // Handlers hold the two lists of a request to it together.
    'SimilarityRequest.queries': maxItems,
    'SimilarityRequest.candidates': maxItems,
    'RankRequest.queries': maxItems,
    'RankRequest.candidates': maxItems,
    'ClassifyRequest.items': maxItems,
    'ClassifyRequest.labels': maxItems,
    'Embedding.shape': MOST_DIMENSIONS,
  });
}
