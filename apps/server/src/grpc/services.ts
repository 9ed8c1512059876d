import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import type { Logger } from '@triptych/core';
import { type AudioEncoderHandlers, loadWirePackage, type ModelsHandlers } from '@triptych/protocol';
import { encodeClips, type AudioServiceParts } from './audio/encode-clips.js';
import { encodeStream } from './audio/encode-stream.js';
import { duplex, unary } from './call.js';
import { tolerateMalformed } from './malformed.js';
import { modelMessage } from './model-message.js';

/** A gRPC service: its definition and its handlers. */
export interface Service {
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly handlers: AudioEncoderHandlers | ModelsHandlers;
}

/** Every service that this server offers. */
export function services(parts: AudioServiceParts, logger: Logger): Service[] {
  const api = loadPackageDefinition(loadWirePackage()) as unknown as {
    triptych: { v1: Record<'AudioEncoder' | 'Models', { service: ServiceDefinition }> };
  };
  const { AudioEncoder, Models } = api.triptych.v1;
  const audio: AudioEncoderHandlers = {
    Encode: unary(logger, (request, context) => encodeClips(parts, request, context)),
    EncodeStream: duplex(logger, (call, context) => encodeStream(parts, call, context)),
  };
  const { models } = parts;
  const catalogue: ModelsHandlers = {
    List: unary(logger, () => ({ models: models.models.map((m) => modelMessage(m, models.isDefault(m))) })),
    Get: unary(logger, ({ model: name }) => {
      const model = models.get(name);
      return modelMessage(model, models.isDefault(model));
    }),
  };
  return [
    {
      name: 'triptych.v1.AudioEncoder',
      definition: tolerateMalformed(AudioEncoder.service),
      handlers: audio,
    },
    { name: 'triptych.v1.Models', definition: tolerateMalformed(Models.service), handlers: catalogue },
  ];
}
