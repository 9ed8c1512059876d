export { Admission, type Admitted, type AdmissionLimits, type Load } from './admission/admission.js';
export type { Arriving, HeldBytes } from './admission/arrivals.js';
export { type AnswerOrder, BoundedAnswers } from './admission/bounded-answers.js';
export { CallLimit } from './admission/call-limit.js';
export type { LaneName } from './admission/lane.js';
export { overloaded } from './admission/overloaded.js';
export { ADDRESS_RATIO, FEW, Shares } from './admission/shares.js';
export type { AudioOptions, AudioPlan } from './audio/audio-plan.js';
export type { AudioStream, AudioStreamReady, AudioStreamRequest } from './audio/audio-stream.js';
export type {
  AudioChunk,
  AudioStreamSummary,
  EncodedWindow,
  HeardItem,
  WindowPlace,
} from './audio/streamed-audio.js';
export type { AudioClip, EncodeAudioRequest, EncodedAudio, EncodedClip } from './audio/encode-clips.js';
export type { ClipStreamRequest } from './audio/clip-stream.js';
export type { TranscribeRequest, Transcript } from './speech/transcribe.js';
export type { TranscribedChunk } from './speech/recording.js';
export type { TranscribedSegment, TranscribedWord } from './speech/segments.js';
export type { RequestedTranscription } from './speech/transcription-plan.js';
export type { WindowTranscript } from './speech/window-transcripts.js';
export type {
  TranscriptionStream,
  TranscriptionStreamRequest,
  TranscriptionSummary,
  TranscriptUpdate,
} from './speech/transcription-stream.js';
export type { EngineCall } from './call.js';
export { createEngine, type EngineOptions } from './create-engine.js';
export type { Classifications, ClassifyRequest } from './cross-modal/classify.js';
export type { ComparedItem, GivenEmbedding } from './cross-modal/compared-item.js';
export { type Fused, type FuseRequest, MOST_FUSED } from './cross-modal/fuse.js';
export type { EarlyFusion } from './cross-modal/early.js';
export type { Matches, MatchRequest, RequestedPair } from './cross-modal/match.js';
export type { FailedPlace } from './cross-modal/item-vectors.js';
export type { Rankings, RankRequest } from './cross-modal/rankings.js';
export { MOST_SOURCES, type RankSource, type RequestedRankFusion } from './cross-modal/rank-sources.js';
export type { Similarities, SimilarityRequest } from './cross-modal/similarity.js';
export { Engine } from './engine.js';
export type { Caption, CaptionRequest, Captions } from './image/caption-images.js';
export type { EncodedImages, EncodeImagesRequest } from './image/encode-images.js';
export type { ImageStreamRequest } from './image/image-stream.js';
export type { BatchStream, BatchStreamSummary, EncodedBatch, ItemBatch } from './items/batch-stream.js';
export { type FailedItem, itemFailure, type ItemResult } from './items/encode-items.js';
export type { EncodedItem } from './items/encode-prepared.js';
export { inField, inFieldAsync } from './items/in-field.js';
export type { ModelStamp } from './items/stamp.js';
export type { ModelSource } from './models/load-model.js';
export type { LoadFailure, ModelState, ModelStatus } from './models/known-model.js';
export type { AudioCard, ImageCard, ModelCard, TextCard } from './models/model-card.js';
export { partsOf } from './models/model-names.js';
export type { ModelRegistry, ModelsListener } from './models/model-registry.js';
export {
  type AnyEncoder,
  decodersOf,
  encodersByModality,
  type ServedAudio,
  type ServedImage,
  type ServedModel,
  type ServedText,
  type SharedScores,
} from './models/served-model.js';
export { type EngineObserver, type ItemTrace, type StageTimes, unobserved, untraced } from './observer.js';
export { type Comparison, compareVectors, type ItemComparison } from './self-check/compare.js';
export { readReference, type Reference, type ReferenceItem } from './self-check/reference.js';
export { missingReferences, REFERENCE_FILE, selfCheck } from './self-check/self-check.js';
export { engineDefaults, type EngineLimits, type EngineSettings, type ModelSettings } from './settings.js';
export type { EncodedTexts, EncodeTextsRequest } from './text/encode-texts.js';
export type { EncodedText, TextOptions } from './text/text-plan.js';
export type { TextStreamRequest } from './text/text-stream.js';
