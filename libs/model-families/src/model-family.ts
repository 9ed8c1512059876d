import type { AudioTower, SpeechDecoder } from '@triptych/audio-encoder';
import type { JsonObject, WeightSet } from '@triptych/core';
import type { CaptionDecoder, MatchTower, TextTower } from '@triptych/text-encoder';
import type { ImageTower } from '@triptych/vision-encoder';
import type { ModelLayout, TextFiles } from '@triptych/weight-loader';

/**
 * Models that one reading of a checkpoint covers: Whisper's encoders, CLIPs. A family is its towers' folders in the encoder
 * libraries, one file here that ties them together, and one line in the table (`families.ts`). Everything else asks the table.
 */
export interface ModelFamily extends ModelLayout {
  /** Names that its checkpoints have under `architectures`, transformers' classes. */
  readonly classes: readonly string[];
  /** What they have under `model_type`. */
  readonly modelTypes: readonly string[];
  /**
   * What a description means. Throws MODEL_CONFIG that names every key which is missing, wrong, or asks for what Triptych does not
   * do: nothing is served approximately.
   */
  readonly read: (description: ModelDescription) => FamilyModel;
}

/** Everything that a model says of itself. */
export interface ModelDescription {
  /** `config.json` */
  readonly config: JsonObject;
  /** `preprocessor_config.json`, where there is one. */
  readonly preprocessor?: JsonObject | undefined;
  /** The family's files, those that are there. */
  readonly files: TextFiles;
  /** Where its weights hold what generates text: the files that belong to that, those that are there. */
  readonly decoder?: TextFiles | undefined;
}

/** A model's towers, one a modality at most, and how their vectors are compared. */
export interface FamilyModel {
  readonly audio?: AudioTower;
  readonly image?: ImageTower;
  readonly text?: TextTower;
  /** One encoder of a text together with the tokens that the image tower makes of an image (pooling `none`). */
  readonly match?: MatchTower;
  /** What writes what an image shows. */
  readonly caption?: CaptionDecoder;
  /** What writes what is said. Its weights are apart from the others, see {@link ModelLayout.decoder}. */
  readonly speech?: SpeechDecoder;
  /** Why a model of a family that may write what is said does not. */
  readonly speechLacks?: string;
  /** Where the vectors of its image and its text tower are made to be compared. */
  readonly scoring?: Scoring;
}

/** How a model's cosines become its probabilities. */
export interface Scoring {
  /** Tensors that it takes, which no graph has: shapes by canonical name. */
  readonly tensors: ReadonlyMap<string, readonly number[]>;
  /** The tower whose tensors they are read with. */
  readonly readWith: 'audio' | 'image' | 'text';
  /** undefined where the model has none. Throws TENSOR_SHAPE. */
  readonly read: (weights: WeightSet) => Scores | undefined;
}

/**
 * logit = cosine × scale + bias; over the candidates of an item they become probabilities that add up to one (softmax), or each
 * becomes one by itself (sigmoid).
 */
export interface Scores {
  readonly scale: number;
  readonly bias: number;
  readonly probabilities: 'softmax' | 'sigmoid';
}
