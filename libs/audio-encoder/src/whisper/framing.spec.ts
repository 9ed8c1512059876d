import { describe, expect, it } from 'vitest';
import { readWhisperConfig } from './config.js';
import { framing } from './framing.js';

const config = readWhisperConfig({
  model_type: 'whisper',
  d_model: 64,
  encoder_layers: 1,
  encoder_attention_heads: 1,
  encoder_ffn_dim: 256,
  num_mel_bins: 80,
  max_source_positions: 200,
});
const CONTEXT = 200 * 320;

/** Whether a frame of the padded context sees audio, or where the context ends: followed back through both convolutions. */
function seesMoreThanSilence(frame: number, samples: number): boolean {
  const windows = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => 2 * frame + i + j));
  return windows.some((window) => window >= 400 || (window >= 0 && 160 * window - 200 < samples));
}

describe('the framing of a clip', () => {
  it.each([1600, 1601, 16_000, 31_999, 63_000, CONTEXT - 321, CONTEXT])(
    'of %i samples, padded: what stands for others is silence, as they are',
    (samples) => {
      const { frames, validFrames, padTo, places } = framing(config, samples, 'padded');
      expect([frames, validFrames, places.length]).toEqual([200, Math.ceil(samples / 320), 200]);
      const computed = padTo / 320;
      expect(padTo).toBeGreaterThanOrEqual(Math.min(samples + 200, CONTEXT));
      // The last frame is the last that is computed: both see the end.
      expect(places[199]).toBe(computed - 1);
      for (let frame = 0; frame < 199; frame++) {
        const place = places[frame];
        if (place !== frame) {
          expect(seesMoreThanSilence(frame, samples), `frame ${frame}`).toBe(false);
          expect(seesMoreThanSilence(place, samples), `frame ${place} for ${frame}`).toBe(false);
          expect(place).toBeLessThan(computed - 1);
        }
      }
    },
  );

  it('trimmed: every frame is computed, and no other', () => {
    const { frames, padTo, places } = framing(config, 16_001, 'trimmed');
    expect([frames, padTo]).toEqual([51, 51 * 320]);
    expect([...places]).toEqual(Array.from({ length: 51 }, (_, i) => i));
  });
});
