import {
  loadPackageDefinition,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import {
  type AudioEncoderHandlers,
  type CaptionerHandlers,
  type CrossModalHandlers,
  type ImageEncoderHandlers,
  loadWirePackage,
  type ModelsHandlers,
  type RequestRule,
  type TextEncoderHandlers,
  type TranscriberHandlers,
} from '@triptych/protocol';
import { encodeClips } from './audio/encode-clips.js';
import { encodeStream } from './audio/encode-stream.js';
import { duplex, unary } from './call.js';
import { classify } from './cross-modal/classify.js';
import { fuse } from './cross-modal/fuse.js';
import { match } from './cross-modal/match.js';
import { rank } from './cross-modal/rank.js';
import { similarity } from './cross-modal/similarity.js';
import { captionImages } from './image/caption-images.js';
import { encodeImages } from './image/encode-images.js';
import { encodeImageStream } from './image/encode-stream.js';
import type { Engine } from '@triptych/engine';
import { countBytes } from './count-bytes.js';
import { leaveUnread } from './messages/unread-message.js';
import type { ModelControl } from '../models/model-control.js';
import { getModel, listModels, loadModel, reloadModel, unloadModel } from './models/models-service.js';
import type { CallObservers } from './observe-call.js';
import { encodeTexts } from './text/encode-texts.js';
import { transcribe } from './audio/transcribe.js';
import { transcribeStream } from './audio/transcribe-stream.js';

interface Handlers {
  readonly AudioEncoder: AudioEncoderHandlers;
  readonly ImageEncoder: ImageEncoderHandlers;
  readonly TextEncoder: TextEncoderHandlers;
  readonly CrossModal: CrossModalHandlers;
  readonly Captioner: CaptionerHandlers;
  readonly Transcriber: TranscriberHandlers;
  readonly Models: ModelsHandlers;
}

/** A gRPC service: its definition and its handlers. */
export interface Service {
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

const grpcKinds = { unary, duplex };

/** How handlers are made of functions of a request, or a stream, and its call. */
export interface HandlerKinds {
  readonly unary: typeof unary;
  readonly duplex: typeof duplex;
}

/** Every service that this server offers. One whose modality no model takes answers UNIMPLEMENTED. */
export function services(
  engine: Engine,
  control: ModelControl,
  observers: CallObservers,
  rules: ReadonlyMap<string, RequestRule>,
  { unary, duplex }: HandlerKinds = grpcKinds,
): Service[] {
  const handlers: Handlers = {
    AudioEncoder: {
      Encode: unary(observers, (request, context) => encodeClips(engine, request, context)),
      EncodeStream: duplex(observers, (call, context) => encodeStream(engine, call, context)),
    },
    ImageEncoder: {
      Encode: unary(observers, (request, context) => encodeImages(engine, request, context)),
      EncodeStream: duplex(observers, (call, context) => encodeImageStream(engine, call, context)),
    },
    TextEncoder: {
      Encode: unary(observers, (request, context) => encodeTexts(engine, request, context)),
    },
    CrossModal: {
      Similarity: unary(observers, (request, context) => similarity(engine, request, context)),
      Rank: unary(observers, (request, context) => rank(engine, request, context)),
      Classify: unary(observers, (request, context) => classify(engine, request, context)),
      Fuse: unary(observers, (request, context) => fuse(engine, request, context)),
      Match: unary(observers, (request, context) => match(engine, request, context)),
    },
    Captioner: {
      Caption: unary(observers, (request, context) => captionImages(engine, request, context)),
    },
    Transcriber: {
      Transcribe: unary(observers, (request, context) => transcribe(engine, request, context)),
      TranscribeStream: duplex(observers, (call, context) => transcribeStream(engine, call, context)),
    },
    Models: {
      List: unary(observers, (request) => listModels(engine, request)),
      Get: unary(observers, (request) => getModel(engine, request)),
      Load: unary(observers, (request, context) => loadModel(engine, control, request, context)),
      Unload: unary(observers, (request) => unloadModel(engine, control, request)),
      Reload: unary(observers, (request, context) => reloadModel(engine, control, request, context)),
    },
  };
  const api = loadPackageDefinition(loadWirePackage('server')) as unknown as {
    triptych: { v1: Record<keyof Handlers, { service: ServiceDefinition }> };
  };
  return Object.entries(handlers).map(([name, implementation]) => ({
    name: `triptych.v1.${name}`,
    definition: countBytes(
      leaveUnread(api.triptych.v1[name as keyof Handlers].service, rules),
      observers.metrics,
    ),
    handlers: implementation as UntypedServiceImplementation,
  }));
}
