import { type ChannelCredentials, credentials, loadPackageDefinition } from '@grpc/grpc-js';
import {
  type AudioEncoderClient,
  type CaptionerClient,
  type CrossModalClient,
  type ImageEncoderClient,
  loadWirePackage,
  type ModelsClient,
  type TextEncoderClient,
  type TranscriberClient,
} from '@triptych/protocol';
import type { ClientOptions } from './client-options.js';
import { withMetadata } from './with-metadata.js';

type Constructor<T> = new (address: string, channel: ChannelCredentials, options: object) => T;

/** A stub of each service. */
export interface Services {
  readonly AudioEncoder: AudioEncoderClient;
  readonly ImageEncoder: ImageEncoderClient;
  readonly TextEncoder: TextEncoderClient;
  readonly CrossModal: CrossModalClient;
  readonly Captioner: CaptionerClient;
  readonly Transcriber: TranscriberClient;
  readonly Models: ModelsClient;
}

/** Bytes that the server may send before they are read. */
const FLOW_CONTROL_WINDOW = 1024 * 1024;

/** Stubs that connect with their first call. */
export function connect(address: string, options: ClientOptions): Services {
  const api = loadPackageDefinition(loadWirePackage('client')) as unknown as {
    triptych: { v1: { [K in keyof Services]: Constructor<Services[K]> } };
  };
  const { AudioEncoder, ImageEncoder, TextEncoder, CrossModal, Captioner, Transcriber, Models } =
    api.triptych.v1;
  const channel = options.credentials ?? credentials.createInsecure();
  const limit = options.maxMessageBytes ?? 256 * 1024 * 1024;
  const channelOptions = {
    'grpc.max_receive_message_length': limit,
    'grpc.max_send_message_length': -1,
    // Frames and patches are megabytes: with HTTP/2's 64 KiB they would take a round trip for each.
    'grpc-node.flow_control_window': FLOW_CONTROL_WINDOW,
    'grpc.enable_channelz': 0,
    // A server that restarts is found again within seconds, however long it was gone.
    'grpc.initial_reconnect_backoff_ms': 250,
    'grpc.max_reconnect_backoff_ms': 5000,
    'grpc.use_local_subchannel_pool': options.ownConnections ? 1 : 0,
    interceptors: [withMetadata(options)],
    'grpc.service_config': JSON.stringify({
      loadBalancingConfig: [{ [options.loadBalancing ?? 'pick_first']: {} }],
    }),
  };
  return {
    AudioEncoder: new AudioEncoder(address, channel, channelOptions),
    ImageEncoder: new ImageEncoder(address, channel, channelOptions),
    TextEncoder: new TextEncoder(address, channel, channelOptions),
    CrossModal: new CrossModal(address, channel, channelOptions),
    Captioner: new Captioner(address, channel, channelOptions),
    Transcriber: new Transcriber(address, channel, channelOptions),
    Models: new Models(address, channel, channelOptions),
  };
}
