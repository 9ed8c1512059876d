import { setMaxListeners } from 'node:events';
import { Admission } from './admission/admission.js';
import { type ClipStreamRequest, openClipStream } from './audio/clip-stream.js';
import { type AudioStream, type AudioStreamRequest, openAudioStream } from './audio/audio-stream.js';
import {
  type AudioClip,
  type EncodeAudioRequest,
  encodeClips,
  type EncodedAudio,
} from './audio/encode-clips.js';
import { transcribeRecording, type TranscribeRequest, type Transcript } from './speech/transcribe.js';
import {
  openTranscriptionStream,
  type TranscriptionStream,
  type TranscriptionStreamRequest,
} from './speech/transcription-stream.js';
import type { CallContext, EngineCall } from './call.js';
import { type Classifications, classify, type ClassifyRequest } from './cross-modal/classify.js';
import { fuse, type Fused, type FuseRequest } from './cross-modal/fuse.js';
import { match, type Matches, type MatchRequest } from './cross-modal/match.js';
import { rank } from './cross-modal/rank.js';
import type { Rankings, RankRequest } from './cross-modal/rankings.js';
import { sourcesOf } from './cross-modal/rank-sources.js';
import { type Similarities, similarity, type SimilarityRequest } from './cross-modal/similarity.js';
import type { EngineParts } from './engine-parts.js';
import { captionImages, type CaptionRequest, type Captions } from './image/caption-images.js';
import { type EncodedImages, encodeImages, type EncodeImagesRequest } from './image/encode-images.js';
import { type ImageStreamRequest, openImageStream } from './image/image-stream.js';
import type { BatchStream } from './items/batch-stream.js';
import type { ModelStatus } from './models/known-model.js';
import { type ModelSource, sourceOf } from './models/load-model.js';
import type { ModelLoader } from './models/model-loader.js';
import type { ModelRegistry } from './models/model-registry.js';
import { encodersByModality, lanesOf, type ServedModel } from './models/served-model.js';
import { taking, takingSpace, takingSpaces, type TakeModels } from './models/take-models.js';
import { type EngineObserver, untraced } from './observer.js';
import type { EngineLimits, QueueLimits } from './settings.js';
import { type EncodedTexts, encodeTexts, type EncodeTextsRequest } from './text/encode-texts.js';
import { openTextStream, type TextStreamRequest } from './text/text-stream.js';
import type { Modality } from '@triptych/model-families';
import type { RequestedImage } from '@triptych/validation';

/**
 * Serving, whatever protocol asks: each method checks what came, lets it in, prepares it in workers and encodes it. What is wrong with
 * one item is that item's result; what is thrown is wrong with the whole call. Every method takes whom it works for, until when.
 */
export class Engine {
  /** What bounds load. Adapters count what arrives of a call with it, too. */
  readonly admission: Admission;
  #followed: ReadonlySet<ServedModel>;

  constructor(
    readonly models: ModelRegistry,
    readonly limits: EngineLimits & QueueLimits,
    private readonly observer: EngineObserver,
    private readonly loader: ModelLoader,
  ) {
    const { queueItems, queueAllItems, queueBytes } = limits;
    const admission = { items: queueItems, allItems: queueAllItems, bytes: queueBytes };
    this.admission = new Admission(admission, lanesOf(models.models), (modality) =>
      models.isOnStandby(modality as Modality),
    );
    this.#followed = new Set(models.models);
    models.onChange((ended) => this.#follow(ended));
  }

  encodeAudio(request: EncodeAudioRequest, call?: Partial<EngineCall>): Promise<EncodedAudio> {
    return this.#run(call, taking('audio', request), (parts, context) =>
      encodeClips(parts, request, context),
    );
  }

  /** Rejects where the stream cannot be as it is asked for. */
  openAudioStream(request: AudioStreamRequest, call?: Partial<EngineCall>): Promise<AudioStream> {
    const needed = request.transcription ? 'speech' : 'audio';
    return this.#open(call, taking(needed, request), (parts, context) =>
      openAudioStream(parts, request, context),
    );
  }

  /** Rejects where the stream cannot be as it is asked for. */
  openClipStream(request: ClipStreamRequest, call?: Partial<EngineCall>): Promise<BatchStream<AudioClip>> {
    return this.#open(call, taking('audio', request), (parts, context) =>
      openClipStream(parts, request, context),
    );
  }

  transcribe(request: TranscribeRequest, call?: Partial<EngineCall>): Promise<Transcript> {
    return this.#run(call, taking('speech', request), (parts, context) =>
      transcribeRecording(parts, request, context),
    );
  }

  /** Rejects where the stream cannot be as it is asked for. */
  openTranscription(
    request: TranscriptionStreamRequest,
    call?: Partial<EngineCall>,
  ): Promise<TranscriptionStream> {
    return this.#open(call, taking('speech', request), (parts, context) =>
      openTranscriptionStream(parts, request, context),
    );
  }

  encodeImages(request: EncodeImagesRequest, call?: Partial<EngineCall>): Promise<EncodedImages> {
    return this.#run(call, taking('image', request), (parts, context) =>
      encodeImages(parts, request, context),
    );
  }

  captionImages(request: CaptionRequest, call?: Partial<EngineCall>): Promise<Captions> {
    return this.#run(call, taking('caption', request), (parts, context) =>
      captionImages(parts, request, context),
    );
  }

  /** Rejects where the stream cannot be as it is asked for. */
  openImageStream(
    request: ImageStreamRequest,
    call?: Partial<EngineCall>,
  ): Promise<BatchStream<RequestedImage>> {
    return this.#open(call, taking('image', request), (parts, context) =>
      openImageStream(parts, request, context),
    );
  }

  encodeTexts(request: EncodeTextsRequest, call?: Partial<EngineCall>): Promise<EncodedTexts> {
    return this.#run(call, taking('text', request), (parts, context) => encodeTexts(parts, request, context));
  }

  /** Rejects where the stream cannot be as it is asked for. */
  openTextStream(
    request: TextStreamRequest,
    call?: Partial<EngineCall>,
  ): Promise<BatchStream<string | Uint8Array>> {
    return this.#open(call, taking('text', request), (parts, context) =>
      openTextStream(parts, request, context),
    );
  }

  similarity(request: SimilarityRequest, call?: Partial<EngineCall>): Promise<Similarities> {
    const compared = [request.queries, request.candidates];
    return this.#run(call, takingSpace(request, compared), (parts, context) =>
      similarity(parts, request, context),
    );
  }

  rank(request: RankRequest, call?: Partial<EngineCall>): Promise<Rankings> {
    const compared = [request.queries, request.candidates];
    const { model, fusion = {} } = request;
    const models = sourcesOf({ model, fusion }).map((source) => source.model);
    return this.#run(call, takingSpaces(models, compared), (parts, context) => rank(parts, request, context));
  }

  fuse(request: FuseRequest, call?: Partial<EngineCall>): Promise<Fused> {
    return this.#run(call, takingSpace(request, [request.items]), (parts, context) =>
      fuse(parts, request, context),
    );
  }

  match(request: MatchRequest, call?: Partial<EngineCall>): Promise<Matches> {
    return this.#run(call, takingSpace(request, []), (parts, context) => match(parts, request, context));
  }

  classify(request: ClassifyRequest, call?: Partial<EngineCall>): Promise<Classifications> {
    return this.#run(call, takingSpace(request, [request.items]), (parts, context) =>
      classify(parts, request, context),
    );
  }

  /** {@link ModelRegistry.load} */
  load(source: string | ModelSource): Promise<ModelStatus> {
    return this.models.load(sourceOf(source));
  }

  /** {@link ModelRegistry.replace} */
  replace(source: string | ModelSource): Promise<ModelStatus> {
    return this.models.replace(sourceOf(source));
  }

  /** {@link ModelRegistry.unload} Resolves once it has ended. */
  async unload(name: string): Promise<void> {
    await this.models.unload(name).ended;
  }

  /** Ends every worker, and those of models that are still loading. What is under way, and what comes, fails with DRAINING. */
  async close(): Promise<void> {
    await Promise.all([this.models.close(), this.loader.close()]);
  }

  /** Runs a call with the models that it begins with. */
  async #run<T>(
    call: Partial<EngineCall> | undefined,
    take: TakeModels,
    work: (parts: EngineParts, context: CallContext) => Promise<T>,
  ): Promise<T> {
    const models = this.models.lease('call');
    const context = this.#context(call);
    try {
      const loading = take(models, context);
      if (loading) await this.#loaded(loading, context);
      return await work({ models, limits: this.limits }, context);
    } finally {
      models.end();
    }
  }

  /** Opens a stream, which ends the lease of its models itself. */
  async #open<T>(
    call: Partial<EngineCall> | undefined,
    take: TakeModels,
    open: (parts: EngineParts, context: CallContext) => T | Promise<T>,
  ): Promise<T> {
    const models = this.models.lease('stream');
    const context = this.#context(call);
    try {
      const loading = take(models, context);
      if (loading) await this.#loaded(loading, context);
      return await open({ models, limits: this.limits }, context);
    } catch (thrown) {
      models.end();
      throw thrown;
    }
  }

  /** Waits for models that a call has loaded. Its message counts meanwhile: those of many calls may wait. */
  async #loaded(loading: Promise<void>, context: CallContext): Promise<void> {
    const { caller, deadline, messageBytes } = context;
    const wait = () => loading;
    loading.catch(() => undefined);
    await this.admission.run({ caller, deadline, bytes: 0, messageBytes, loads: [] }, wait);
  }

  /** Other models are served than before, or one has ended. */
  #follow(ended?: ServedModel): void {
    const { loaded, models } = this.models;
    this.admission.serve(lanesOf(loaded));
    // What another model of the name took says nothing of this one.
    this.admission.forgetPace(lanesOf(models.filter((model) => !this.#followed.has(model))));
    this.#followed = new Set(models);
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
