import type { AudioEncoder, AudioPooling, WhisperConfig } from '@triptych/audio-encoder';
import type { ClipEngine, SharedSpace } from '@triptych/clip-engine';
import type {
  AudioPreprocessor,
  ImagePreprocessor,
  ImageRecipe,
  TextPreprocessor,
} from '@triptych/preprocessing';
import type { TextConfig, TextEncoder, TextPooling } from '@triptych/text-encoder';
import type { VisionConfig, VisionEncoder, VisionPooling } from '@triptych/vision-encoder';

import type { LaneName } from '@triptych/engine';

export type ModalityName = 'audio' | 'image' | 'text';

/** A model as it is being served, with an encoder for each modality that it takes. */
export interface ServedModel {
  readonly name: string;
  /** Where it was loaded from. */
  readonly directory: string;
  readonly fingerprint: string;
  readonly architecture: string;
  readonly weightType: string;
  readonly parameters: number;
  readonly loadMs: number;
  readonly audio?: ServedAudio;
  readonly image?: ServedImage;
  readonly text?: ServedText;
  /** Where its image and text encoders meet. */
  readonly shared?: SharedSpace & {
    /** What cosines are multiplied with to become logits: the exponential of the learned `logit_scale`. */
    readonly temperature: number;
    readonly engine: ClipEngine;
  };
}

/** What clients may ask of an encoder. */
interface ServedEncoder<Encoder, Config, Pooling, Preprocessor> {
  readonly encoder: Encoder;
  readonly config: Config;
  readonly preprocessor: Preprocessor;
  /** By `Pooling` number; 0 is the default. */
  readonly poolings: Readonly<Record<number, Pooling>>;
  /** Values of one vector. */
  readonly dimensions: (pooling: Pooling) => number;
}

export interface ServedAudio extends ServedEncoder<
  AudioEncoder,
  WhisperConfig,
  AudioPooling,
  AudioPreprocessor
> {
  readonly contextSamples: number;
  readonly contextMs: number;
  readonly frameMs: number;
  /** Vectors made with this pooling and context may be compared with others of the same space. */
  readonly space: (pooling: AudioPooling, context: 'padded' | 'trimmed') => string;
}

export interface ServedImage extends ServedEncoder<
  VisionEncoder,
  VisionConfig,
  VisionPooling,
  ImagePreprocessor
> {
  readonly recipe: ImageRecipe;
  readonly space: (pooling: VisionPooling) => string;
}

export interface ServedText extends ServedEncoder<TextEncoder, TextConfig, TextPooling, TextPreprocessor> {
  readonly space: (pooling: TextPooling) => string;
}

/** A model that takes this modality. */
export type Serving<M extends ModalityName | 'shared'> = ServedModel & Required<Pick<ServedModel, M>>;

type AnyEncoder = AudioEncoder | VisionEncoder | TextEncoder;

/** Every encoder of a model. */
export function encodersOf(model: ServedModel): AnyEncoder[] {
  return encodersByModality(model).map(([, encoder]) => encoder);
}

/** Where items of these models wait for each other. */
export function lanesOf(models: readonly ServedModel[]): LaneName[] {
  return models.flatMap((model) =>
    encodersByModality(model).map(([modality]) => ({ model: model.name, modality })),
  );
}

export function encodersByModality(model: ServedModel): [ModalityName, AnyEncoder][] {
  return (['audio', 'image', 'text'] as const).flatMap((name): [ModalityName, AnyEncoder][] => {
    const encoder = model[name]?.encoder;
    return encoder ? [[name, encoder]] : [];
  });
}
