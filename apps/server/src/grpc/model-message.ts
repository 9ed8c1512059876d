import { Modality, type Model, Pooling } from '@triptych/protocol';
import { audioLimits } from '@triptych/validation';
import type { ServedModel } from '../models/served-model.js';

/** What `Models` says of a served model. */
export function modelMessage(model: ServedModel, isDefault: boolean): Model {
  const { audio } = model;
  const poolings = Object.keys(audio.poolings)
    .map(Number)
    .filter((n) => n !== Pooling.POOLING_UNSPECIFIED);
  return {
    name: model.name,
    fingerprint: model.fingerprint,
    architecture: model.architecture,
    weightType: model.weightType,
    parameters: model.parameters,
    loadMs: model.loadMs,
    encoders: [
      {
        modality: Modality.MODALITY_AUDIO,
        dimensions: audio.config.width,
        defaultPooling: Pooling.POOLING_MEAN,
        poolings: poolings as (1 | 2 | 6)[],
        isDefault,
        space: audio.space('mean', 'padded'),
        audio: {
          sampleRateHz: audio.config.mel.sampleRate,
          contextMs: audio.contextMs,
          frameMs: audio.frameMs,
          minMs: 1000 * audioLimits.minSeconds,
          maxMs: audio.contextMs,
        },
      },
    ],
  };
}
