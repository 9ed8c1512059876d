import {
  type ChannelCredentials,
  credentials,
  loadPackageDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import {
  type AudioEncoderClient,
  type EncodeAudioRequest,
  type EncodeAudioResponse__Output,
  loadWirePackage,
  type Model__Output,
  type ModelsClient,
} from '@triptych/protocol';
import { type AudioStream, openAudioStream } from './audio-stream.js';
import { CallError } from './call-error.js';

type Constructor<T> = new (address: string, channel: ChannelCredentials, options: object) => T;

interface Api {
  triptych: { v1: { AudioEncoder: Constructor<AudioEncoderClient>; Models: Constructor<ModelsClient> } };
}

export interface ClientOptions {
  /** Default: a connection without TLS. */
  readonly credentials?: ChannelCredentials;
  /** Longest that one unary call may take. Default: 60 s. */
  readonly timeoutMs?: number;
  /** Largest message that is received, in bytes. Default: 256 MiB. */
  readonly maxMessageBytes?: number;
}

/** A connection to a Triptych server. Calls reject with {@link CallError}. */
export class TriptychClient {
  readonly #audio: AudioEncoderClient;
  readonly #models: ModelsClient;
  readonly #timeoutMs: number;

  /** `address` is HOST:PORT, unix:PATH, or any name that gRPC resolves. It connects with the first call. */
  constructor(address: string, options: ClientOptions = {}) {
    const { AudioEncoder, Models } = (loadPackageDefinition(loadWirePackage()) as unknown as Api).triptych.v1;
    const channel = options.credentials ?? credentials.createInsecure();
    const limit = options.maxMessageBytes ?? 256 * 1024 * 1024;
    const channelOptions = { 'grpc.max_receive_message_length': limit, 'grpc.max_send_message_length': -1 };
    this.#audio = new AudioEncoder(address, channel, channelOptions);
    this.#models = new Models(address, channel, channelOptions);
    this.#timeoutMs = options.timeoutMs ?? 60_000;
  }

  /** Encodes whole clips. A bad clip is an error in its place; see {@link readEmbedding} for the vectors. */
  encodeAudio(request: EncodeAudioRequest): Promise<EncodeAudioResponse__Output> {
    return this.#unary((options, done) => this.#audio.Encode(request, options, done));
  }

  /** Opens a live stream. */
  streamAudio(): AudioStream {
    return openAudioStream(this.#audio.EncodeStream());
  }

  /** What the server serves. */
  async listModels(): Promise<Model__Output[]> {
    const { models } = await this.#unary<{ models: Model__Output[] }>((options, done) =>
      this.#models.List({}, options, done),
    );
    return models;
  }

  close(): void {
    this.#audio.close();
    this.#models.close();
  }

  #unary<T>(
    start: (options: { deadline: number }, done: (error: ServiceError | null, value?: T) => void) => unknown,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      start({ deadline: Date.now() + this.#timeoutMs }, (error, value) => {
        if (error) reject(CallError.from(error));
        else resolve(value as T);
      });
    });
  }
}
