import type { AudioContext } from '../audio-tower.js';
import { CONV_STRIDE, frameSamples, type WhisperConfig } from './config.js';

/** Which of the encoder's frames are computed for clips of some length, and where. */
export interface Framing {
  /** Frames of the context. */
  readonly frames: number;
  /** Frames that hold audio. */
  readonly validFrames: number;
  /** Samples that a clip is zero-padded to before its spectrogram. */
  readonly padTo: number;
  /** For each frame of the context, the index of the computed frame that is used for it. */
  readonly places: Int32Array<ArrayBuffer>;
}

/** Number of encoder frames that hold audio, for a clip of `samples` samples. */
export function validFrames(config: WhisperConfig, samples: number): number {
  return Math.ceil(samples / frameSamples(config));
}

/**
 * Lays out a clip. Frames of silence are all alike until positions are added to them, but for the last, which the
 * convolutions' own padding reaches: where a context is padded, one of each is computed and stands for all.
 */
export function framing(config: WhisperConfig, samples: number, context: AudioContext): Framing {
  const valid = validFrames(config, samples);
  const frames = context === 'padded' ? config.positions : valid;
  const silent = Math.min(firstSilentFrame(config, samples), frames - 1);
  const computed = Math.min(silent + 2, frames);
  const places = new Int32Array(frames).fill(silent);
  for (let i = 0; i < silent; i++) places[i] = i;
  places[frames - 1] = computed - 1;
  return { frames, validFrames: valid, padTo: computed * frameSamples(config), places };
}

/** The first frame whose whole receptive field is silence: two convolutions of three over windows of the spectrogram. */
function firstSilentFrame({ mel: { window, hop } }: WhisperConfig, samples: number): number {
  const firstSilentWindow = Math.ceil((samples + window / 2) / hop);
  return Math.ceil((firstSilentWindow + 2) / CONV_STRIDE);
}

/** Frames of the spectrogram of a window of a recording, whose samples hold what its first and last frame reach beyond it. */
export function windowFrames({ mel: { window, hop } }: WhisperConfig, samples: number): number {
  return (samples - (window - hop)) / hop;
}

/** A window of a recording: every frame of the context is computed. */
export function windowFraming(config: WhisperConfig, samples: number): Framing {
  const { positions: frames } = config;
  const validFrames = Math.ceil(windowFrames(config, samples) / CONV_STRIDE);
  const places = Int32Array.from({ length: frames }, (_, i) => i);
  return { frames, validFrames, padTo: samples, places };
}
