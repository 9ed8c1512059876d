import { setMaxListeners } from 'node:events';
import { Admission } from './admission/admission.js';
import { type AudioStream, type AudioStreamRequest, openAudioStream } from './audio/audio-stream.js';
import { type EncodeAudioRequest, encodeClips, type EncodedAudio } from './audio/encode-clips.js';
import type { CallContext, EngineCall } from './call.js';
import { type Classifications, classify, type ClassifyRequest } from './cross-modal/classify.js';
import { rank, type Rankings, type RankRequest } from './cross-modal/rank.js';
import { type Similarities, similarity, type SimilarityRequest } from './cross-modal/similarity.js';
import type { EngineParts } from './engine-parts.js';
import { type EncodedImages, encodeImages, type EncodeImagesRequest } from './image/encode-images.js';
import { type ImageStream, type ImageStreamRequest, openImageStream } from './image/image-stream.js';
import { type ModelSource, sourceOf } from './models/load-model.js';
import type { ModelLoader } from './models/model-loader.js';
import type { ModelRegistry } from './models/model-registry.js';
import { encodersByModality, lanesOf, type ServedModel } from './models/served-model.js';
import { type EngineObserver, untraced } from './observer.js';
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
    private readonly observer: EngineObserver,
    private readonly loader: ModelLoader,
  ) {
    const { queueItems, queueAllItems, queueBytes } = limits;
    const admission = { items: queueItems, allItems: queueAllItems, bytes: queueBytes };
    this.admission = new Admission(admission, lanesOf(models.models));
    models.onChange((ended) => this.#follow(ended));
  }

  encodeAudio(request: EncodeAudioRequest, call?: Partial<EngineCall>): Promise<EncodedAudio> {
    return this.#run(call, (parts, context) => encodeClips(parts, request, context));
  }

  /** Throws at once where the stream cannot be as it is asked for. */
  openAudioStream(request: AudioStreamRequest, call?: Partial<EngineCall>): AudioStream {
    return this.#open(call, (parts, context) => openAudioStream(parts, request, context));
  }

  encodeImages(request: EncodeImagesRequest, call?: Partial<EngineCall>): Promise<EncodedImages> {
    return this.#run(call, (parts, context) => encodeImages(parts, request, context));
  }

  /** Throws at once where the stream cannot be as it is asked for. */
  openImageStream(request: ImageStreamRequest, call?: Partial<EngineCall>): ImageStream {
    return this.#open(call, (parts, context) => openImageStream(parts, request, context));
  }

  encodeTexts(request: EncodeTextsRequest, call?: Partial<EngineCall>): Promise<EncodedTexts> {
    return this.#run(call, (parts, context) => encodeTexts(parts, request, context));
  }

  similarity(request: SimilarityRequest, call?: Partial<EngineCall>): Promise<Similarities> {
    return this.#run(call, (parts, context) => similarity(parts, request, context));
  }

  rank(request: RankRequest, call?: Partial<EngineCall>): Promise<Rankings> {
    return this.#run(call, (parts, context) => rank(parts, request, context));
  }

  classify(request: ClassifyRequest, call?: Partial<EngineCall>): Promise<Classifications> {
    return this.#run(call, (parts, context) => classify(parts, request, context));
  }

  /** Loads a model, and serves it beside the others. Throws bad-weights errors, or CONFIG_INVALID where its name is taken. */
  async load(source: string | ModelSource): Promise<ServedModel> {
    this.models.checkOpen();
    const { directory, name } = sourceOf(source);
    if (name !== undefined) this.models.checkFree(name);
    return this.#serve({ directory, name }, (model) => this.models.add(model));
  }

  /**
   * Loads a model, and serves it in the place of the one of its name, where there is one: what comes from then on gets the new one;
   * calls and streams under way end on the one that they began with, which then ends. Throws bad-weights errors: what was served
   * before is served on.
   */
  async replace(source: string | ModelSource): Promise<ServedModel> {
    this.models.checkOpen();
    return this.#serve(sourceOf(source), (model) => {
      const ended = this.models.replace(model);
      this.admission.forgetPace(lanesOf([model]));
      ended.catch((thrown: unknown) => this.loader.failedToEnd(model.name, thrown));
    });
  }

  /** Serves a model no more: resolves once calls and streams under way have ended, and its workers with them. Throws MODEL_NOT_FOUND. */
  unload(name: string): Promise<void> {
    return this.models.remove(name);
  }

  /** Ends every worker, and those of models that are still loading. What is under way, and what comes, fails with DRAINING. */
  async close(): Promise<void> {
    await Promise.all([this.models.close(), this.loader.close()]);
  }

  /** Runs a call with the models that it begins with. */
  async #run<T>(
    call: Partial<EngineCall> | undefined,
    work: (parts: EngineParts, context: CallContext) => Promise<T>,
  ): Promise<T> {
    const models = this.models.lease();
    try {
      return await work({ models, limits: this.limits }, this.#context(call));
    } finally {
      models.end();
    }
  }

  /** Opens a stream, which ends the lease of its models itself. */
  #open<T>(call: Partial<EngineCall> | undefined, open: (parts: EngineParts, context: CallContext) => T): T {
    const models = this.models.lease();
    try {
      return open({ models, limits: this.limits }, this.#context(call));
    } catch (thrown) {
      models.end();
      throw thrown;
    }
  }

  async #serve(source: ModelSource, serve: (model: ServedModel) => void): Promise<ServedModel> {
    const model = await this.loader.load(source);
    try {
      serve(model);
    } catch (thrown) {
      await model.close();
      throw thrown;
    }
    return model;
  }

  /** Other models are served than before, or one has ended. */
  #follow(ended?: ServedModel): void {
    const { loaded } = this.models;
    this.admission.serve(lanesOf(loaded));
    for (const [modality] of ended ? encodersByModality(ended) : []) {
      if (!loaded.some((model) => model.name === ended?.name && model[modality]))
        this.observer.ended(`${ended?.name}/${modality}`);
    }
  }

  /** What a call's items pass on their way. By default all calls are of one caller, each a flow of its own, without a deadline. */
  #context({ caller, signal, deadline, trace, messageBytes }: Partial<EngineCall> = {}): CallContext {
    const ended = signal ?? new AbortController().signal;
    // Every item of the call listens; their number is bounded by the limits on batches and windows.
    setMaxListeners(0, ended);
    return {
      caller: caller ?? { principal: this, flow: Symbol('call') },
      signal: ended,
      deadline: deadline ?? Infinity,
      trace: trace ?? untraced,
      messageBytes,
      admission: this.admission,
      observer: this.observer,
    };
  }
}
