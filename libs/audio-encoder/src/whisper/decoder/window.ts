import type { MelConfig } from '../config.js';

/** Frames of a recording's spectrogram: the reference drops the last one, which begins with the last whole hop. */
export function spectrogramFrames(samples: number, { hop }: MelConfig): number {
  return Math.floor(samples / hop);
}

/**
 * The samples that frames `first` … `first + frames` of a recording's spectrogram are made of: half a window more on the left, and what
 * the last frame reaches on the right; beyond the recording's ends, it is mirrored.
 */
export function windowSamples(
  recording: Float32Array,
  first: number,
  frames: number,
  { window, hop }: MelConfig,
): Float32Array<ArrayBuffer> {
  const from = first * hop - window / 2;
  const samples = new Float32Array(frames * hop + window - hop);
  const last = recording.length - 1;
  for (let i = 0; i < samples.length; i++) {
    const at = Math.abs(from + i);
    samples[i] = recording[at > last ? 2 * last - at : at] ?? 0;
  }
  return samples;
}
