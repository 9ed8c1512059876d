import type { MelConfig } from '../config.js';
import type { Recording } from './recording.js';

/** Frames of a recording's spectrogram: the reference drops the last one, which begins with the last whole hop. */
export function spectrogramFrames(samples: number, { hop }: MelConfig): number {
  return Math.floor(samples / hop);
}

/** Samples that frames up to `frame` reach, half a window beyond it. */
export function samplesUpTo(frame: number, { window, hop }: MelConfig): number {
  return frame * hop + window / 2;
}

/**
 * The samples that frames `first` … `first + frames` of a recording's spectrogram are made of: half a window more on the left, and what
 * the last frame reaches on the right; beyond the recording's ends, it is mirrored.
 */
export function windowSamples(
  recording: Pick<Recording, 'at'>,
  first: number,
  frames: number,
  { window, hop }: MelConfig,
): Float32Array<ArrayBuffer> {
  const from = first * hop - window / 2;
  const samples = new Float32Array(frames * hop + window - hop);
  for (let i = 0; i < samples.length; i++) samples[i] = recording.at(from + i);
  return samples;
}
