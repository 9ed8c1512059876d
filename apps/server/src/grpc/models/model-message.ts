import type { AudioCard, Engine, ImageCard, ModelStatus, TextCard } from '@triptych/engine';
import { type Encoder, Modality, type Model, ModelState, poolingNumbers } from '@triptych/protocol';
import { audioLimits } from '@triptych/validation';

const states: Readonly<Record<ModelStatus['state'], ModelState>> = {
  ready: ModelState.MODEL_STATE_READY,
  loading: ModelState.MODEL_STATE_LOADING,
  standby: ModelState.MODEL_STATE_STANDBY,
  failed: ModelState.MODEL_STATE_FAILED,
  unloading: ModelState.MODEL_STATE_UNLOADING,
  unloaded: ModelState.MODEL_STATE_UNLOADED,
};

/** What `Models` says of a model. */
export function modelMessage(model: ModelStatus, engine: Engine): Model {
  const { name, card, lastFailure, lastUsedAt } = model;
  const { fingerprint, architecture, weightType, device, precision, parameters, loadMs } = card;
  const { audio, image, text } = card;
  const isDefault = (modality: 'audio' | 'image' | 'text') => engine.models.isDefault({ name }, modality);
  return {
    name,
    fingerprint,
    architecture,
    weightType,
    device,
    precision,
    parameters,
    captions: card.caption,
    transcribes: card.speech,
    loadMs,
    version: model.version,
    aliases: engine.models.aliasesOf(name),
    state: states[model.state],
    memoryBytes: model.memoryBytes,
    loads: model.loads,
    failures: model.failures,
    lastUse: lastUsedAt === undefined ? null : timestamp(lastUsedAt),
    lastFailure: lastFailure ? { ...lastFailure, at: timestamp(lastFailure.at) } : null,
    encoders: [
      ...(audio ? [{ ...audioMessage(audio), isDefault: isDefault('audio') }] : []),
      ...(image ? [{ ...imageMessage(image, engine), isDefault: isDefault('image') }] : []),
      ...(text ? [{ ...textMessage(text), isDefault: isDefault('text') }] : []),
    ],
  };
}

/** Of milliseconds since the epoch. */
function timestamp(at: number): { seconds: number; nanos: number } {
  const milliseconds = Math.round(at);
  return { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1_000_000 };
}

function audioMessage(audio: AudioCard): Encoder {
  const milliseconds = (samples: number) => (1000 * samples) / audio.sampleRate;
  const contextMs = milliseconds(audio.contextSamples);
  const [pooling] = audio.poolings;
  return {
    modality: Modality.MODALITY_AUDIO,
    space: audio.space(pooling, audio.contexts[0]),
    ...offered(audio),
    audio: {
      sampleRateHz: audio.sampleRate,
      contextMs,
      frameMs: milliseconds(audio.frameSamples),
      minMs: 1000 * audioLimits.minSeconds,
      maxMs: contextMs,
    },
  };
}

function imageMessage(image: ImageCard, { limits }: Engine): Encoder {
  return {
    modality: Modality.MODALITY_IMAGE,
    space: image.space(image.poolings[0]),
    ...offered(image),
    image: {
      inputSize: image.recipe.inputSize,
      patchSize: image.patchSize,
      maxPixels: limits.maxPixels,
      maxBatchImages: limits.maxImages,
    },
  };
}

function textMessage(text: TextCard): Encoder {
  return {
    modality: Modality.MODALITY_TEXT,
    space: text.space(text.poolings[0]),
    ...offered(text),
    text: { maxTokens: text.maxTokens },
  };
}

/** By number, as clients have always been told. */
function offered<Pooling extends keyof typeof poolingNumbers>(encoder: {
  readonly poolings: readonly [Pooling, ...Pooling[]];
  readonly dimensions: (pooling: Pooling) => number;
}): Pick<Encoder, 'dimensions' | 'defaultPooling' | 'poolings'> {
  const [first] = encoder.poolings;
  return {
    dimensions: encoder.dimensions(first),
    defaultPooling: poolingNumbers[first],
    poolings: encoder.poolings.map((name) => poolingNumbers[name]).sort((a, b) => a - b),
  };
}
