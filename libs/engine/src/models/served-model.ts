import { TriptychError } from '@triptych/core';
import type { AudioContext, AudioEncoder, AudioTower } from '@triptych/audio-encoder';
import type { ClipEngine, SharedSpace } from '@triptych/clip-engine';
import type { Decoder, Encoder, Pooling, Precision } from '@triptych/inference-core';
import type { Modality, Scores } from '@triptych/model-families';
import type { AudioPreprocessor, ImagePreprocessor, TextPreprocessor } from '@triptych/preprocessing';
import type {
  CaptionDecoder,
  MatchEncoder,
  MatchTower,
  TextEncoder,
  TextTower,
} from '@triptych/text-encoder';
import type { ImageEncoder, ImageTower } from '@triptych/vision-encoder';
import type { LaneName } from '../admission/lane.js';
import type { ServedSpeech } from './served-speech.js';

/** A model as it is being served, with an encoder for each modality that it takes. */
export interface ServedModel {
  readonly name: string;
  /** Where it was loaded from. */
  readonly directory: string;
  readonly fingerprint: string;
  readonly architecture: string;
  readonly weightType: string;
  /** What it runs on: `cpu`, `cuda:1`. */
  readonly device: string;
  /** What its transformers' blocks are computed in. */
  readonly precision: Precision;
  readonly parameters: number;
  readonly loadMs: number;
  readonly audio?: ServedAudio;
  readonly image?: ServedImage;
  readonly text?: ServedText;
  /** What encodes a text together with an image. */
  readonly match?: ServedMatch;
  /** What writes captions of images. */
  readonly caption?: ServedCaption;
  /** What writes what is said. */
  readonly speech?: ServedSpeech;
  /** Where its image and text encoders meet. */
  readonly shared?: SharedScores;
  /** Ends its encoders and what prepares for it alone. */
  readonly close: () => Promise<void>;
}

/** The space that images and texts share, and how their vectors are compared in it. */
export interface SharedScores extends SharedSpace {
  readonly scores: Scores;
  readonly engine: ClipEngine;
}

/** An audio tower, and what serves it. */
export interface ServedAudio extends AudioTower {
  readonly encoder: AudioEncoder;
  readonly preprocessor: AudioPreprocessor;
  /** Vectors made with this pooling and context may be compared with others of the same space. */
  readonly space: (pooling: Pooling, context: AudioContext) => string;
}

/** An image tower, and what serves it. */
export interface ServedImage extends ImageTower {
  readonly encoder: ImageEncoder;
  readonly preprocessor: ImagePreprocessor;
  /** Vectors made with this pooling may be compared with others of the same space. */
  readonly space: (pooling: Pooling) => string;
}

/** A text tower, and what serves it. */
export interface ServedText extends TextTower {
  readonly encoder: TextEncoder;
  readonly preprocessor: TextPreprocessor;
  /** Vectors made with this pooling may be compared with others of the same space. */
  readonly space: (pooling: Pooling) => string;
}

/** An encoder of a text together with an image, and what serves it. */
export interface ServedMatch extends MatchTower {
  readonly encoder: MatchEncoder;
  /** The space of its vectors. */
  readonly space: () => string;
}

/** What a call may need of a model: that it takes a modality, compares images and text, encodes both together, writes captions, or what is said. */
export type Offered = Modality | 'shared' | 'match' | 'caption' | 'speech';

/** What writes captions, and what serves it. */
export interface ServedCaption extends CaptionDecoder {
  readonly decoder: Decoder;
  /** Of prompts, and of the words that tokens stand for. */
  readonly preprocessor: TextPreprocessor;
}

/** A model that takes this modality. */
export type Serving<M extends Offered> = ServedModel & Required<Pick<ServedModel, M>>;

const verbs = {
  audio: 'takes audio',
  image: 'takes images',
  text: 'takes text',
  shared: 'compares images and text',
  match: 'encodes a text together with an image',
  caption: 'writes captions of images',
  speech: 'transcribes',
};

/** The first of some models that serves something; they were asked for by `name`, or by none. Throws MODALITY_NOT_SERVED. */
export function servingOf<M extends Offered>(
  candidates: readonly ServedModel[],
  what: M,
  name: string,
): Serving<M> {
  const model = candidates.find((candidate): candidate is Serving<M> => candidate[what] !== undefined);
  if (model) return model;
  throw notServed(what, name);
}

/** MODALITY_NOT_SERVED by the model of this name, or by any; `others` are those that could be asked. */
export function notServed(what: Offered, name: string, others: readonly string[] = []): TriptychError {
  const who = name === '' ? 'no served model' : `model ${name} is none that`;
  const instead = others.length > 0 ? `; of those served, ${others.join(', ')} can` : '';
  return new TriptychError('MODALITY_NOT_SERVED', `${who} ${verbs[what]}${instead}`, {
    field: 'model',
    ...(name === '' ? {} : { resource: { type: 'model', name } }),
  });
}

/** What is asked of an encoder whatever it encodes. */
export type AnyEncoder = Pick<Encoder<unknown>, 'worker' | 'depth' | 'restarts'>;

export function encodersByModality(model: ServedModel): [Modality, AnyEncoder][] {
  return (['audio', 'image', 'text'] as const).flatMap((name): [Modality, AnyEncoder][] => {
    const encoder = model[name]?.encoder;
    return encoder ? [[name, encoder]] : [];
  });
}

/** What writes text, as far as it has started. */
export function decodersOf({ caption, speech }: ServedModel): ['caption' | 'speech', Decoder][] {
  const running = { caption: caption?.decoder, speech: speech?.started?.decoder };
  return (['caption', 'speech'] as const).flatMap((name): ['caption' | 'speech', Decoder][] => {
    const decoder = running[name];
    return decoder ? [[name, decoder]] : [];
  });
}

/** Where items of these models wait for each other. */
export function lanesOf(models: readonly ServedModel[]): LaneName[] {
  return models.flatMap((model) =>
    encodersByModality(model).map(([modality]) => ({ model: model.name, modality })),
  );
}
