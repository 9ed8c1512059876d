import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SpeechSegment, TranscriptionOptions } from '@triptych/audio-encoder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixedRecording, readRecordings } from './golden.js';
import { syntheticWeights } from './synthetic-weights.js';
import { startTranscriptionRig, type TranscriptionRig } from './transcription-rig.js';

const cases = ['plain', 'timestamps', 'prompt', 'beam'] as const;
type Case = (typeof cases)[number];
type TimedSegment = Required<SpeechSegment>;

interface GoldenTimes {
  readonly config: Readonly<Record<string, unknown>>;
  readonly generation: Readonly<Record<string, unknown>>;
  readonly newTokens: number;
  readonly prompt: readonly number[];
  readonly recordings: Readonly<
    Record<string, Readonly<Record<Case, readonly TimedSegment[]>> & { readonly samples: number | null }>
  >;
  readonly long: readonly TimedSegment[];
}

const folder = fileURLToPath(new URL('../golden/words/', import.meta.url));
const files = readdirSync(folder).filter((file) => file.startsWith('times-'));
const FRAME_S = 0.02;

describe.each(files)('%s: times of tokens against return_token_timestamps of transformers', (file) => {
  const golden = JSON.parse(readFileSync(folder + file, 'utf8')) as GoldenTimes;
  const options: Record<Case, Partial<TranscriptionOptions>> = {
    plain: { language: 'en', task: 'transcribe' },
    timestamps: { language: 'de', task: 'transcribe', timestamps: true },
    prompt: { language: 'en', task: 'transcribe', timestamps: true, prompt: golden.prompt.slice(1) },
    beam: { language: 'en', task: 'transcribe', timestamps: true, beams: 5 },
  };
  let rig: TranscriptionRig;
  let clips: Map<string, Float32Array<ArrayBuffer>>;
  beforeAll(async () => {
    rig = await startTranscriptionRig(golden.config, golden.generation, syntheticWeights, true);
    clips = readRecordings(rig.contextSamples);
  });
  afterAll(() => rig.close());

  const segmentsOf = (samples: Float32Array, more: Partial<TranscriptionOptions>) =>
    rig.segmentsOf(samples, { maxNewTokens: golden.newTokens, tokenTimes: true, ...more });

  /** How many times there are, and how many differ, by at most how much. `heardS`: what comes later is nothing that was heard. */
  function compare(found: readonly SpeechSegment[], expected: readonly TimedSegment[], heardS: number) {
    expect(found.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
    const differences = expected.flatMap(({ start, times }, i) =>
      start >= heardS ? [] : times.map((time, k) => Math.abs(time - (found[i].times?.[k] ?? NaN))),
    );
    const most = Math.max(0, ...differences);
    return { all: differences.length, others: differences.filter((one) => one > 1e-6).length, most };
  }

  it.each(cases)('%s: equal', { timeout: 300_000 }, async (name) => {
    for (const [recording, { samples, ...expected }] of Object.entries(golden.recordings)) {
      const clip = (clips.get(recording) as Float32Array).subarray(0, samples ?? undefined);
      const found = await segmentsOf(clip, options[name]);
      const { all, others, most } = compare(found, expected[name], clip.length / 16_000);
      expect(all).toBeGreaterThan(2);
      console.log(`${file}: ${recording}, ${name}: ${others} of ${all} times differ, by at most ${most} s`);
      expect(most, recording).toBeLessThanOrEqual(FRAME_S + 1e-6);
      expect(others, recording).toBe(0);
    }
  });

  it('a recording longer than the context: equal', { timeout: 300_000 }, async () => {
    const long = mixedRecording(clips);
    const found = await segmentsOf(long, { language: 'en' });
    const { all, others, most } = compare(found, golden.long, long.length / 16_000);
    console.log(`${file}: long: ${others} of ${all} times differ, by at most ${most} s`);
    expect(golden.long.length).toBeGreaterThan(2);
    expect(others).toBe(0);
  });

  it('nothing is aligned where nobody asks for it', async () => {
    const clip = clips.get('speech-b') as Float32Array;
    const [segment] = await segmentsOf(clip, { ...options.plain, tokenTimes: false });
    expect(segment.times).toBeUndefined();
  });
});
