import { type EngineLimits, MOST_FUSED, MOST_SOURCES } from '@triptych/engine';
import { type RequestRule, requestRules } from '@triptych/protocol';

/** Numbers that a vector's shape may hold: one or two are right, and what is near is answered by name. */
const MOST_DIMENSIONS = 16;
/** Names that one call may give a model. */
const MOST_ALIASES = 16;

/** Tensors of a request of the Open Inference Protocol: one is right. */
const MOST_TENSORS = 16;
/** Parameters of a request, or of a tensor. */
const MOST_PARAMETERS = 64;
/** Runs that a list of packed numbers may come in: writers make one. */
const MOST_RUNS = 16;

/** Parts of a descriptor's path: two are right. */
const MOST_PATH_PARTS = 16;

const flightRules = requestRules({ 'FlightDescriptor.path': MOST_PATH_PARTS }, 'flight');

/** What each method's request may hold, by path. */
export function serverRequestRules(limits: EngineLimits): ReadonlyMap<string, RequestRule> {
  return new Map([...ownRules(limits), ...inferenceRules(limits), ...flightRules]);
}

function inferenceRules({ maxClips, maxImages, maxTexts }: EngineLimits): ReadonlyMap<string, RequestRule> {
  return requestRules(
    {
      'ModelInferRequest.parameters': MOST_PARAMETERS,
      'ModelInferRequest.inputs': MOST_TENSORS,
      'ModelInferRequest.outputs': MOST_TENSORS,
      'ModelInferRequest.rawInputContents': MOST_TENSORS,
      'InferInputTensor.shape': MOST_DIMENSIONS,
      'InferInputTensor.parameters': MOST_PARAMETERS,
      'InferRequestedOutputTensor.parameters': MOST_PARAMETERS,
      'InferTensorContents.boolContents': MOST_RUNS,
      'InferTensorContents.intContents': MOST_RUNS,
      'InferTensorContents.int64Contents': MOST_RUNS,
      'InferTensorContents.uintContents': MOST_RUNS,
      'InferTensorContents.uint64Contents': MOST_RUNS,
      'InferTensorContents.fp32Contents': MOST_RUNS,
      'InferTensorContents.fp64Contents': MOST_RUNS,
      'InferTensorContents.bytesContents': Math.max(maxClips, maxImages, maxTexts),
      'RepositoryModelLoadRequest.parameters': MOST_PARAMETERS,
      'RepositoryModelUnloadRequest.parameters': MOST_PARAMETERS,
    },
    'inference',
  );
}

function ownRules(limits: EngineLimits): ReadonlyMap<string, RequestRule> {
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
    'RankFusion.sources': MOST_SOURCES,
    'RankSource.queries': maxItems,
    'FuseRequest.items': Math.min(MOST_FUSED, maxItems),
    'MatchRequest.pairs': maxImages,
    'CaptionRequest.images': maxImages,
    'ClassifyRequest.items': maxItems,
    'ClassifyRequest.labels': maxItems,
    'Embedding.shape': MOST_DIMENSIONS,
    'LoadModelRequest.aliases': MOST_ALIASES,
  });
}
