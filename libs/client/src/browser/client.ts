import { type Client, createClient, type Interceptor } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-web';
import {
  openResumingAudioStream,
  type ResumeOptions,
  type ResumingStream,
} from '../resume/resuming-audio-stream.js';
import { type LiveAnswer, type LiveConfig, openAudioSocket } from './audio-socket.js';
import { AudioEncoder } from './gen/triptych/v1/audio_pb.js';
import { CrossModal } from './gen/triptych/v1/cross_modal_pb.js';
import { ImageEncoder } from './gen/triptych/v1/image_pb.js';
import { Models } from './gen/triptych/v1/models_pb.js';
import { TextEncoder } from './gen/triptych/v1/text_pb.js';

export interface BrowserClientOptions {
  /** Where the server's `--http` is reached: `https://vectors.example.org`. */
  readonly url: string;
  /** A bearer token, where the server asks for one. */
  readonly token?: string;
}

/** The services of `triptych.v1` as a page calls them. Calls reject with a ConnectError. */
export interface BrowserClient {
  readonly audio: Client<typeof AudioEncoder>;
  readonly image: Client<typeof ImageEncoder>;
  readonly text: Client<typeof TextEncoder>;
  readonly crossModal: Client<typeof CrossModal>;
  readonly models: Client<typeof Models>;
  /**
   * Streams audio over a WebSocket, and goes on over another where it breaks off, on this server or another: each window comes once, in
   * order. Reading it throws a CallError.
   */
  streamAudio(config: LiveConfig, options?: ResumeOptions): ResumingStream<LiveAnswer>;
}

/** A client over Connect and WebSockets. It opens no connection before its first call. */
export function createBrowserClient({ url, token }: BrowserClientOptions): BrowserClient {
  const authorize: Interceptor = (next) => (request) => {
    if (token !== undefined) request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
  const transport = createConnectTransport({
    baseUrl: url,
    useBinaryFormat: true,
    interceptors: [authorize],
  });
  return {
    audio: createClient(AudioEncoder, transport),
    image: createClient(ImageEncoder, transport),
    text: createClient(TextEncoder, transport),
    crossModal: createClient(CrossModal, transport),
    models: createClient(Models, transport),
    streamAudio: (config, options) =>
      openResumingAudioStream(() => openAudioSocket(url, token), config, options),
  };
}
