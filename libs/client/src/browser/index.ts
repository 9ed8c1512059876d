export { CallError } from '../call-error.js';
export type { RetryOptions } from '../retry.js';
export type { ResumeOptions, ResumingStream } from '../resume/resuming-audio-stream.js';
export type { LiveAnswer, LiveConfig, LiveWindow } from './audio-socket.js';
export {
  type AudioSink,
  capture,
  type Capture,
  captureFormat,
  type CaptureOptions,
  microphone,
  workletSource,
} from './capture.js';
export { type BrowserClient, type BrowserClientOptions, createBrowserClient } from './client.js';
export { valuesOf } from './embedding.js';
export { AudioContext as ModelContext, AudioEncoding, TailPolicy } from './gen/triptych/v1/audio_pb.js';
export { EmbeddingEncoding, Pooling } from './gen/triptych/v1/common_pb.js';
export { reasonOf } from './reason.js';
