import type { ClientUnaryCall, ServiceError } from '@grpc/grpc-js';
import type {
  AudioStreamConfig,
  CaptionRequest,
  CaptionResponse__Output,
  TranscribeRequest,
  TranscribeResponse__Output,
  ClassifyRequest,
  ClassifyResponse__Output,
  EncodeAudioRequest,
  EncodeAudioResponse__Output,
  EncodeImagesRequest,
  EncodeImagesResponse__Output,
  EncodeTextsRequest,
  EncodeTextsResponse__Output,
  FuseRequest,
  FuseResponse__Output,
  ImageStreamConfig,
  LoadModelRequest,
  MatchRequest,
  MatchResponse__Output,
  Model__Output,
  RankRequest,
  RankResponse__Output,
  SimilarityRequest,
  SimilarityResponse__Output,
  UnloadModelRequest,
} from '@triptych/protocol';
import type { ClientOptions } from './client-options.js';
import { type AudioStream, openLiveStream, type TranscriptStream } from './live-stream.js';
import { fromGrpc } from './grpc-error.js';
import { cancelCall } from './duplex.js';
import {
  type ClipInput,
  embedClips,
  type EmbedClipsOptions,
  embedImages,
  type EmbedOptions,
  embedTexts,
  type EmbedTextsOptions,
  type Embeddings,
  type ImageInput,
} from './embed/embed.js';
import { type EmbeddedFile, embedFolder, type EmbedFolderOptions } from './embed/embed-folder.js';
import {
  openResumingAudioStream,
  type ResumeOptions,
  type ResumingAudioStream,
} from './resume/resuming-audio-stream.js';
import {
  type ImageResumeOptions,
  openResumingImageStream,
  type ResumingImageStream,
} from './resume/resuming-image-stream.js';
import { type ImageStream, openImageStream } from './image-stream.js';
import { connect, type Services } from './services.js';

/** Scores of every query (row) against every candidate (column), row-major; NaN where either failed. */
export type Similarity = Omit<SimilarityResponse__Output, 'scores'> & { readonly scores: Float32Array };

/** What one call may say for itself. */
export interface CallOptions {
  /** Cancels the call. */
  readonly signal?: AbortSignal | undefined;
  /** Longest that it may take. Default: the client's. */
  readonly timeoutMs?: number | undefined;
}

type Callback<T> = (error: ServiceError | null, value?: T) => void;

/** A connection to a Triptych server. Calls reject with a CallError. */
export class TriptychClient {
  readonly #services: Services;
  readonly #timeoutMs: number;

  /**
   * `address` is HOST:PORT, unix:PATH, or any name that gRPC resolves, as `dns:///triptych:50051` or
   * `ipv4:HOST:PORT,HOST:PORT`. It connects with the first call.
   */
  constructor(address: string, options: ClientOptions = {}) {
    this.#services = connect(address, options);
    this.#timeoutMs = options.timeoutMs ?? 60_000;
  }

  /** Encodes whole clips. A bad clip is an error in its place; see {@link readEmbedding} for the vectors. */
  encodeAudio(request: EncodeAudioRequest, call?: CallOptions): Promise<EncodeAudioResponse__Output> {
    return this.#unary((options, done) => this.#services.AudioEncoder.Encode(request, options, done), call);
  }

  /** Opens a live stream. */
  streamAudio(): AudioStream {
    return openLiveStream(this.#services.AudioEncoder.EncodeStream());
  }

  /**
   * Opens a live stream that goes on by itself, on this server or another, where its connection breaks off: each window
   * comes once and in order. Read its answers while you send: reading is what opens it anew.
   */
  resumingAudio(config: AudioStreamConfig, options?: ResumeOptions): ResumingAudioStream {
    return openResumingAudioStream(() => this.streamAudio(), config, options);
  }

  /** Encodes a batch of images. A bad image is an error in its place. */
  encodeImages(request: EncodeImagesRequest, call?: CallOptions): Promise<EncodeImagesResponse__Output> {
    return this.#unary((options, done) => this.#services.ImageEncoder.Encode(request, options, done), call);
  }

  /** Opens a stream of batches. */
  streamImages(): ImageStream {
    return openImageStream(this.#services.ImageEncoder.EncodeStream());
  }

  /**
   * Opens a stream of batches that goes on by itself, on this server or another, where its connection breaks off: each
   * batch's result comes once. Read its answers while you send: reading is what opens it anew.
   */
  resumingImages(config: ImageStreamConfig = {}, options?: ImageResumeOptions): ResumingImageStream {
    return openResumingImageStream(() => this.streamImages(), config, options);
  }

  /** Encodes texts. A bad text is an error in its place. */
  encodeTexts(request: EncodeTextsRequest, call?: CallOptions): Promise<EncodeTextsResponse__Output> {
    return this.#unary((options, done) => this.#services.TextEncoder.Encode(request, options, done), call);
  }

  /**
   * Encodes any number of texts in calls of the size that the server takes, some at a time, each repeated where it may
   * succeed later. A bad text is an error in its place.
   */
  embedTexts(
    texts: Iterable<string> | AsyncIterable<string>,
    options?: EmbedTextsOptions,
  ): Promise<Embeddings> {
    return embedTexts(this, texts, options);
  }

  /** As {@link embedTexts}, of images: the bytes of a file, or pixels. */
  embedImages(
    images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
    options?: EmbedOptions,
  ): Promise<Embeddings> {
    return embedImages(this, images, options);
  }

  /** As {@link embedTexts}, of clips up to the model's context: the bytes of a file, or samples. */
  embedAudio(
    clips: Iterable<ClipInput> | AsyncIterable<ClipInput>,
    options?: EmbedClipsOptions,
  ): Promise<Embeddings> {
    return embedClips(this, clips, options);
  }

  /** Encodes the images, recordings and texts of a folder, told by their names, while they are read. */
  embedFolder(folder: string, options?: EmbedFolderOptions): AsyncGenerator<EmbeddedFile, void, undefined> {
    return embedFolder(this, folder, options);
  }

  /** Compares every query with every candidate: texts, images, clips or vectors made earlier. */
  async similarity(request: SimilarityRequest, call?: CallOptions): Promise<Similarity> {
    const response = await this.#unary<SimilarityResponse__Output>(
      (options, done) => this.#services.CrossModal.Similarity(request, options, done),
      call,
    );
    // A list of floats arrives as its bytes: see `loadWirePackage`.
    const bytes = response.scores as unknown as Uint8Array;
    return { ...response, scores: new Float32Array(new Uint8Array(bytes).buffer) };
  }

  /** One vector of several items of one space, whatever their modalities; `weight` is how much an item counts. */
  fuse(request: FuseRequest, call?: CallOptions): Promise<FuseResponse__Output> {
    return this.#unary((options, done) => this.#services.CrossModal.Fuse(request, options, done), call);
  }

  /** The best candidates for each query, best first; with `fusion`, for all queries together; with `early`, by one encoder of text and image. */
  rank(request: RankRequest, call?: CallOptions): Promise<RankResponse__Output> {
    return this.#unary((options, done) => this.#services.CrossModal.Rank(request, options, done), call);
  }

  /** How probably texts belong to images, by one encoder of both; a bad pair is an error in its place. */
  match(request: MatchRequest, call?: CallOptions): Promise<MatchResponse__Output> {
    return this.#unary((options, done) => this.#services.CrossModal.Match(request, options, done), call);
  }

  /** Writes captions of images. A bad image is an error in its place. */
  caption(request: CaptionRequest, call?: CallOptions): Promise<CaptionResponse__Output> {
    return this.#unary((options, done) => this.#services.Captioner.Caption(request, options, done), call);
  }

  /** What is said in a recording. */
  transcribe(request: TranscribeRequest, call?: CallOptions): Promise<TranscribeResponse__Output> {
    return this.#unary(
      (options, done) => this.#services.Transcriber.Transcribe(request, options, done),
      call,
    );
  }

  /** What is said, while it is said, or in a recording of any length: configure it, send audio, and read its updates meanwhile. */
  streamTranscript(): TranscriptStream {
    return openLiveStream(this.#services.Transcriber.TranscribeStream());
  }

  /** Zero-shot classification: a probability for each label, for each item. */
  classify(request: ClassifyRequest, call?: CallOptions): Promise<ClassifyResponse__Output> {
    return this.#unary((options, done) => this.#services.CrossModal.Classify(request, options, done), call);
  }

  /** What the server serves; with `all`, also models that it knows and that no call finds. */
  async listModels(all = false, call?: CallOptions): Promise<Model__Output[]> {
    const { models } = await this.#unary<{ models: Model__Output[] }>(
      (options, done) => this.#services.Models.List({ all }, options, done),
      call,
    );
    return models;
  }

  /** Loads a model, and resolves once it serves. What its name stood for serves until then, and where that fails. */
  loadModel(request: LoadModelRequest): Promise<Model__Output> {
    return this.#unary((options, done) => this.#services.Models.Load(request, options, done));
  }

  /** Has no call find a model any more; with `wait`, resolves once what is under way has ended. */
  unloadModel(request: UnloadModelRequest): Promise<Model__Output> {
    return this.#unary((options, done) => this.#services.Models.Unload(request, options, done));
  }

  /** Loads a model anew from where it lies, as `loadModel` does. */
  reloadModel(model: string): Promise<Model__Output> {
    return this.#unary((options, done) => this.#services.Models.Reload({ model }, options, done));
  }

  close(): void {
    for (const service of Object.values(this.#services) as { close(): void }[]) service.close();
  }

  #unary<T>(
    start: (options: { deadline: number }, done: Callback<T>) => ClientUnaryCall,
    { signal, timeoutMs = this.#timeoutMs }: CallOptions = {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const call = start({ deadline: Date.now() + timeoutMs }, (error, value) => {
        signal?.removeEventListener('abort', cancel);
        if (error) reject(fromGrpc(error));
        else resolve(value as T);
      });
      const cancel = () => cancelCall(call);
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    });
  }
}
