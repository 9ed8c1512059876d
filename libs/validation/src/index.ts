export {
  type AudioFormat,
  bytesPerSample,
  checkAudioFormat,
  checkChannels,
  checkSampleRate,
  type PcmEncoding,
  type PcmFormat,
  type RequestedAudioFormat,
} from './audio-format.js';
export { audioLimits } from './audio-limits.js';
export {
  checkLongEnough,
  checkWholeFrames,
  faultError,
  isAudio,
  type SampleFaults,
  tooLong,
} from './audio-samples.js';
export {
  checkResume,
  type RequestedResume,
  checkSequence,
  checkWindow,
  type RequestedWindow,
  type WindowLimits,
  type WindowPlan,
} from './audio-window.js';
export {
  checkEmbeddingOptions,
  embeddingEncodings,
  type EmbeddingOffer,
  type EmbeddingPlan,
  type RequestedEmbedding,
} from './embedding-options.js';
export { checkBatch } from './batch.js';
export { checkName } from './names.js';
export {
  checkImage,
  type EncodedImageSource,
  type ImageSource,
  type PixelLayout,
  type RawImageSource,
  type RequestedImage,
} from './image-source.js';
export { checkPrompt, checkText, checkTextLength, MAX_TEXT_BYTES, textBytes } from './text.js';
