import type { MelConfig } from './config.js';

/** Slaney's mel scale: linear up to 1 kHz, logarithmic above (Auditory Toolbox, 1998). */
const LINEAR_HZ_PER_MEL = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ / LINEAR_HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

function hzToMel(hz: number): number {
  return hz < BREAK_HZ ? hz / LINEAR_HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

function melToHz(mel: number): number {
  return mel < BREAK_MEL ? mel * LINEAR_HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}

/**
 * Triangular mel filters from 0 Hz to half the sample rate, each of unit area (Slaney's normalisation), as
 * librosa and HuggingFace's `mel_filter_bank` define them. Row-major [bins, window / 2 + 1].
 */
export function slaneyMelFilters({ sampleRate, bins, window }: MelConfig): Float32Array {
  const frequencies = window / 2 + 1;
  const nyquist = sampleRate / 2;
  const top = hzToMel(nyquist);
  const edges = Array.from({ length: bins + 2 }, (_, i) => melToHz((top * i) / (bins + 1)));
  const filters = new Float32Array(bins * frequencies);
  for (let m = 0; m < bins; m++) {
    const [left, centre, right] = edges.slice(m, m + 3);
    for (let k = 0; k < frequencies; k++) {
      const hz = (nyquist * k) / (frequencies - 1);
      const height = Math.max(0, Math.min((hz - left) / (centre - left), (right - hz) / (right - centre)));
      filters[m * frequencies + k] = (height * 2) / (right - left);
    }
  }
  return filters;
}
