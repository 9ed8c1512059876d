import { describe, expect, it } from 'vitest';
import { contextSamples, frameSamples, readWhisperConfig } from './config.js';
import { slaneyMelFilters } from './mel-filters.js';

const tiny = {
  d_model: 384,
  encoder_layers: 4,
  encoder_attention_heads: 6,
  encoder_ffn_dim: 1536,
  max_source_positions: 1500,
  num_mel_bins: 80,
};

describe("a Whisper checkpoint's configuration", () => {
  it('gives the context and frame, with the feature extractor’s defaults', () => {
    const config = readWhisperConfig(tiny);
    expect(config.mel).toEqual({ sampleRate: 16000, bins: 80, window: 400, hop: 160 });
    expect([contextSamples(config), frameSamples(config)]).toEqual([480_000, 320]);
  });

  it('is refused with every bad field named', () => {
    const bad = { ...tiny, d_model: '384', encoder_layers: 0, activation_function: 'relu' };
    expect(() => readWhisperConfig(bad, { feature_size: 128 })).toThrow(
      /d_model must be a positive integer, found "384".*encoder_layers.*activation_function must be one of gelu, found "relu".*feature_size \(128\)/,
    );
  });
});

describe('Slaney mel filters', () => {
  it.each([80, 128])('%i triangles of one peak each, of equal area where bins are dense', (bins) => {
    const filters = slaneyMelFilters({ sampleRate: 16000, bins, window: 400, hop: 160 });
    const rows = Array.from({ length: bins }, (_, m) => [...filters.subarray(m * 201, (m + 1) * 201)]);
    for (const row of rows) {
      const peak = row.indexOf(Math.max(...row));
      expect(row.slice(0, peak).every((v, i) => v <= row[i + 1])).toBe(true);
      expect(row.slice(peak).every((v, i, rest) => i === 0 || v <= rest[i - 1])).toBe(true);
    }
    const area = (row: number[]) => row.reduce((sum, v) => sum + v, 0) * 40;
    for (const row of rows.slice(-10)) expect(area(row)).toBeCloseTo(1, 1);
  });
});
