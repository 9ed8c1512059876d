import type { Encoder, Pooling, Tower, TowerItem } from '@triptych/inference-core';

/** How much silence an encoder sees around the audio: its full context's, or none. */
export type AudioContext = 'padded' | 'trimmed';

/** One clip: mono float32 at the tower's rate, at most its context. The buffer changes threads. */
export interface AudioItem extends TowerItem {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly context: AudioContext;
  /**
   * Where the samples are a window of a recording that is transcribed: they hold what its frames reach beyond it, and the spectrogram is
   * that of the recording, with zeros up to the context.
   */
  readonly recording?: { readonly loudest: number } | undefined;
  /** Whether its frames are wanted beside its vector, as float32: what a decoder takes. Of a padded context. Default: no. */
  readonly withFrames?: boolean | undefined;
}

/** A tower that takes audio. */
export interface AudioTower extends Tower<AudioItem> {
  /** Of the samples that it takes, in Hz. */
  readonly sampleRate: number;
  /** The longest clip, and what `padded` pads to. */
  readonly contextSamples: number;
  /** What one of its output frames stands for. */
  readonly frameSamples: number;
  /** Those that it knows; the first is the default. */
  readonly contexts: readonly [AudioContext, ...AudioContext[]];
  /** Output frames that hold audio, for a clip of so many samples. */
  readonly validFrames: (samples: number) => number;
  /** Names the space of such vectors within the model; undefined: they lie in the model's own. */
  readonly ownSpace: (pooling: Pooling, context: AudioContext) => string | undefined;
}

/** An audio tower that is being served. */
export type AudioEncoder = Encoder<AudioItem>;
