export type { AudioStream, SendOptions } from './audio-stream.js';
export { CallError } from './call-error.js';
export { type ClientOptions, TriptychClient } from './client.js';
export { readEmbedding, type Vector } from './embedding.js';
export {
  type AudioClip,
  AudioContext,
  AudioEncoding,
  type AudioFormat,
  type AudioResult,
  type AudioStreamConfig,
  type AudioStreamReady__Output,
  type AudioStreamResponse__Output,
  type AudioStreamSummary__Output,
  type AudioWindow__Output,
  EmbeddingEncoding,
  type EmbeddingOptions,
  type EncodeAudioRequest,
  type EncodeAudioResponse__Output,
  type Model__Output,
  Pooling,
  TailPolicy,
} from '@triptych/protocol';
