import { describe, expect, it } from 'vitest';
import { segmentsOf } from './segments.js';
import { readSpeechTokens } from './tokens.js';
import { windowSamples } from './window.js';

const tokens = readSpeechTokens({
  decoder_start_token_id: 5,
  eos_token_id: 4,
  no_timestamps_token_id: 99,
});
/** The timestamp of so many steps of 20 ms. */
const at = (steps: number) => 100 + steps;
const window = { seek: 1000, frames: 3000 };

describe('the segments of a window', () => {
  it('end where two timestamps follow each other; the rest is heard again', () => {
    const said = [at(0), 7, 8, at(50), at(50), 9, at(100), at(100), 10];
    const { segments, advance } = segmentsOf(said, window, tokens);
    expect(segments).toEqual([
      { start: 10, end: 11, tokens: [at(0), 7, 8, at(50)] },
      { start: 11, end: 12, tokens: [at(50), 9, at(100), at(100)] },
    ]);
    expect(advance).toBe(200);
  });

  it('are all of it where one timestamp ends it', () => {
    const said = [at(0), 7, at(50), at(60), 9, at(100)];
    const { segments, advance } = segmentsOf(said, window, tokens);
    expect(segments.map(({ start, end }) => [start, end])).toEqual([
      [10, 11],
      [11.2, 12],
    ]);
    expect(advance).toBe(3000);
  });

  it('are one without pairs, up to the last timestamp or the end', () => {
    const whole = (said: number[], frames = 3000) => segmentsOf(said, { seek: 0, frames }, tokens);
    expect(whole([7, 8])).toMatchObject({
      segments: [{ start: 0, end: 30, tokens: [7, 8] }],
      closed: 0,
      advance: 3000,
    });
    expect(whole([at(0), 8, at(75)]).segments[0].end).toBe(1.5);
    expect(whole([at(0), 8], 120).segments[0].end).toBeCloseTo(1.2);
  });
});

describe('the samples of a window of a recording', () => {
  const mel = { sampleRate: 16_000, bins: 80, window: 4, hop: 2 };
  const samples = Float32Array.from({ length: 11 }, (_, i) => i);
  const whole = { at: (i: number) => samples[Math.abs(i) > 10 ? 20 - Math.abs(i) : Math.abs(i)] };

  it('are mirrored at its ends, and reach into its neighbours elsewhere', () => {
    expect([...windowSamples(whole, 0, 2, mel)]).toEqual([2, 1, 0, 1, 2, 3]);
    expect([...windowSamples(whole, 2, 2, mel)]).toEqual([2, 3, 4, 5, 6, 7]);
    expect([...windowSamples(whole, 4, 2, mel)]).toEqual([6, 7, 8, 9, 10, 9]);
  });
});
