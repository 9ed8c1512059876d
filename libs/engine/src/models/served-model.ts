import type { AudioItem } from '@triptych/audio-encoder';
import type { ClipEngine, SharedSpace } from '@triptych/clip-engine';
import type { Encoder } from '@triptych/inference-core';
import type {
  AudioPreprocessor,
  ImagePreprocessor,
  ImageRecipe,
  TextPreprocessor,
} from '@triptych/preprocessing';
import type { TextItem } from '@triptych/text-encoder';
import type { ImageItem } from '@triptych/vision-encoder';
import type { LaneName } from '../admission/lane.js';

export type Modality = 'audio' | 'image' | 'text';

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

/** What may be asked of an encoder. */
interface ServedEncoder<Item extends { readonly pooling: string }, Preprocessor> {
  readonly encoder: Encoder<Item>;
  readonly preprocessor: Preprocessor;
  /** The first is the default. */
  readonly poolings: readonly [Item['pooling'], ...Item['pooling'][]];
  /** Values of one vector. */
  readonly dimensions: (pooling: Item['pooling']) => number;
}

export interface ServedAudio extends ServedEncoder<AudioItem, AudioPreprocessor> {
  /** Of the samples that its encoder takes, in Hz. */
  readonly sampleRate: number;
  /** The longest clip, and what `padded` pads to. */
  readonly contextSamples: number;
  /** What one of its output frames stands for. */
  readonly frameSamples: number;
  /** Output frames that hold audio, for a clip of so many samples. */
  readonly validFrames: (samples: number) => number;
  /** Vectors made with this pooling and context may be compared with others of the same space. */
  readonly space: (pooling: AudioItem['pooling'], context: AudioItem['context']) => string;
}

export interface ServedImage extends ServedEncoder<ImageItem, ImagePreprocessor> {
  readonly recipe: ImageRecipe;
  /** Pixels of one side of a patch. */
  readonly patchSize: number;
  readonly space: (pooling: ImageItem['pooling']) => string;
}

export interface ServedText extends ServedEncoder<TextItem, TextPreprocessor> {
  /** Of a text, those that frame it included. */
  readonly maxTokens: number;
  readonly space: (pooling: TextItem['pooling']) => string;
}

/** A model that takes this modality. */
export type Serving<M extends Modality | 'shared'> = ServedModel & Required<Pick<ServedModel, M>>;

/** What is asked of an encoder whatever it encodes. */
export type AnyEncoder = Pick<Encoder<unknown>, 'worker' | 'depth' | 'restarts' | 'close'>;

/** Every encoder of a model. */
export function encodersOf(model: ServedModel): AnyEncoder[] {
  return encodersByModality(model).map(([, encoder]) => encoder);
}

export function encodersByModality(model: ServedModel): [Modality, AnyEncoder][] {
  return (['audio', 'image', 'text'] as const).flatMap((name): [Modality, AnyEncoder][] => {
    const encoder = model[name]?.encoder;
    return encoder ? [[name, encoder]] : [];
  });
}

/** Where items of these models wait for each other. */
export function lanesOf(models: readonly ServedModel[]): LaneName[] {
  return models.flatMap((model) =>
    encodersByModality(model).map(([modality]) => ({ model: model.name, modality })),
  );
}
