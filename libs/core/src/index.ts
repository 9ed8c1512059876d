export { ConfigFields, type JsonObject } from './config-fields.js';
export { abortError, clientGone } from './errors/abort-error.js';
export { catalogue, type ErrorCode, type Reason } from './errors/catalogue.js';
export { fileProblem, problemOf } from './errors/file-problem.js';
export {
  type Choice,
  type ErrorRecord,
  isErrorRecord,
  messageOf,
  TriptychError,
} from './errors/triptych-error.js';
export { untilAborted } from './errors/until-aborted.js';
export { fileWithin } from './files/file-within.js';
export { parseFile, parseJson } from './files/parse-json.js';
export { renameFlushed } from './files/rename-flushed.js';
export {
  decodeEmbedding,
  type EmbeddingBytes,
  type EmbeddingForm,
  type EmbeddingNumbers,
} from './numbers/embedding.js';
export { type Logger, silentLogger } from './logger.js';
export { collectWhenIdle } from './memory/collect-when-idle.js';
export { releaseWhenIdle } from './memory/release-when-idle.js';
export { beyondFloat16, downcastFloat16, upcastBfloat16, upcastFloat16 } from './numbers/half.js';
export { isCount } from './numbers/is-count.js';
export {
  type InputRange,
  type Quantization,
  QUANTIZATION_FIELD,
  QUANTIZATION_METHOD,
  type QuantizationConfig,
  readInt8Weights,
  readQuantization,
} from './quantization.js';
export { readInto, readRange, readTensor, withFile } from './read-range.js';
export { type Caller, soleCaller, StreamFlow } from './scheduling/caller.js';
export { FairOrder, type Queueing } from './scheduling/fair-order.js';
export { type Rank, type Turn, Turns } from './scheduling/turns.js';
export { within } from './scheduling/within.js';
export {
  type DType,
  elementCount,
  tensorError,
  type WeightPart,
  type WeightSet,
  type WeightTensor,
} from './weights.js';
export type { AnswerLimits } from './worker/answer-bytes.js';
export type { Isolation } from './worker/channel.js';
export { discard } from './worker/discard.js';
export { isRunning } from './worker/is-running.js';
export { Transferred } from './worker/messages.js';
export { serveWorker, type WorkerMethods } from './worker/serve-worker.js';
export { stepBack, WORKER_NICENESS } from './worker/step-back.js';
export { setThreadSettings, type ThreadSettings } from './worker/thread-settings.js';
export { passedEnvironment } from './worker/passed-environment.js';
export { workerEntry } from './worker/worker-entry.js';
export {
  type CallOptions,
  restNativeThreads,
  WorkerHost,
  type WorkerHostOptions,
} from './worker/worker-host.js';
