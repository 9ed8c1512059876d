import { setMaxListeners } from 'node:events';
import { Admission } from './admission/admission.js';
import { type AudioStream, type AudioStreamRequest, openAudioStream } from './audio/audio-stream.js';
import { type EncodeAudioRequest, encodeClips, type EncodedAudio } from './audio/encode-clips.js';
import type { CallContext, EngineCall } from './call.js';
import { type Classifications, classify, type ClassifyRequest } from './cross-modal/classify.js';
import { rank, type Rankings, type RankRequest } from './cross-modal/rank.js';
import { type Similarities, similarity, type SimilarityRequest } from './cross-modal/similarity.js';
import { type EncodedImages, encodeImages, type EncodeImagesRequest } from './image/encode-images.js';
import { type ImageStream, type ImageStreamRequest, openImageStream } from './image/image-stream.js';
import type { ModelRegistry } from './models/model-registry.js';
import { lanesOf } from './models/served-model.js';
import { type EngineObserver, unobserved, untraced } from './observer.js';
import type { EngineLimits, QueueLimits } from './settings.js';
import { type EncodedTexts, encodeTexts, type EncodeTextsRequest } from './text/encode-texts.js';

/**
 * Serving, whatever protocol asks: each method checks what came, lets it in, prepares it in workers and encodes it. What is wrong with
 * one item is that item's result; what is thrown is wrong with the whole call. Every method takes whom it works for, until when.
 */
export class Engine {
  /** What bounds load. Adapters count what arrives of a call with it, too. */
  readonly admission: Admission;

  constructor(
    readonly models: ModelRegistry,
    readonly limits: EngineLimits & QueueLimits,
    private readonly observer: EngineObserver = unobserved,
    /** Ends what models share. */
    private readonly closeShared: () => Promise<void> = async () => undefined,
  ) {
    const { queueItems, queueAllItems, queueBytes } = limits;
    const admission = { items: queueItems, allItems: queueAllItems, bytes: queueBytes };
    this.admission = new Admission(admission, lanesOf(models.models));
  }

  encodeAudio(request: EncodeAudioRequest, call?: Partial<EngineCall>): Promise<EncodedAudio> {
    return encodeClips(this, request, this.#context(call));
  }

  /** Throws at once where the stream cannot be as it is asked for. */
  openAudioStream(request: AudioStreamRequest, call?: Partial<EngineCall>): AudioStream {
    return openAudioStream(this, request, this.#context(call));
  }

  encodeImages(request: EncodeImagesRequest, call?: Partial<EngineCall>): Promise<EncodedImages> {
    return encodeImages(this, request, this.#context(call));
  }

  /** Throws at once where the stream cannot be as it is asked for. */
  openImageStream(request: ImageStreamRequest, call?: Partial<EngineCall>): ImageStream {
    return openImageStream(this, request, this.#context(call));
  }

  encodeTexts(request: EncodeTextsRequest, call?: Partial<EngineCall>): Promise<EncodedTexts> {
    return encodeTexts(this, request, this.#context(call));
  }

  similarity(request: SimilarityRequest, call?: Partial<EngineCall>): Promise<Similarities> {
    return similarity(this, request, this.#context(call));
  }

  rank(request: RankRequest, call?: Partial<EngineCall>): Promise<Rankings> {
    return rank(this, request, this.#context(call));
  }

  classify(request: ClassifyRequest, call?: Partial<EngineCall>): Promise<Classifications> {
    return classify(this, request, this.#context(call));
  }

  /** Ends every worker. What is under way, and what comes, fails with DRAINING. */
  async close(): Promise<void> {
    await Promise.all([this.models.close(), this.closeShared()]);
  }

  /** What a call's items pass on their way. By default all calls are of one caller, each a flow of its own, without a deadline. */
  #context({ caller, signal, deadline, trace }: Partial<EngineCall> = {}): CallContext {
    const ended = signal ?? new AbortController().signal;
    // Every item of the call listens; their number is bounded by the limits on batches and windows.
    setMaxListeners(0, ended);
    return {
      caller: caller ?? { principal: this, flow: Symbol('call') },
      signal: ended,
      deadline: deadline ?? Infinity,
      trace: trace ?? untraced,
      admission: this.admission,
      observer: this.observer,
    };
  }
}
