import type { AudioEncoder, AudioPooling, WhisperConfig } from '@triptych/audio-encoder';
import type { ModelMetadata } from '@triptych/weight-loader';

/** A model as it is being served. */
export interface ServedModel {
  readonly name: string;
  readonly fingerprint: string;
  readonly architecture: string;
  readonly weightType: string;
  readonly parameters: number;
  readonly loadMs: number;
  readonly audio: ServedAudio;
}

/** A model's audio encoder, and what clients may ask of it. */
export interface ServedAudio {
  readonly encoder: AudioEncoder;
  readonly config: WhisperConfig;
  /** By `Pooling` number; 0 is the default, the mean over every frame as the reference has it. */
  readonly poolings: Readonly<Record<number, AudioPooling>>;
  readonly contextSamples: number;
  readonly contextMs: number;
  readonly frameMs: number;
  /** Vectors made with this pooling and context may be compared with others of the same space. */
  readonly space: (pooling: AudioPooling, context: 'padded' | 'trimmed') => string;
}

/**
 * Names the space of an encoder's vectors. Only the default pooling and context lie in the space that the model's
 * metadata declares; every other choice makes a space of its own.
 */
export function spaces(metadata: ModelMetadata, fingerprint: string): ServedAudio['space'] {
  const own = fingerprint.slice(0, 16);
  const shared = metadata.space ?? own;
  return (pooling, context) => (pooling === 'mean' && context === 'padded' ? shared : `${own}/${context}/${pooling}`);
}
