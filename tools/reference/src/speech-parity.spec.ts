import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSpeechTokens, type SpeechSegment } from '@triptych/audio-encoder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longRecording, spokenRecordings } from './spoken.js';
import { casesOf, expectSameSegments, type TranscriptionCase } from './transcription-cases.js';
import { startTranscriptionRig, type TranscriptionRig } from './transcription-rig.js';
import { variedWeights } from './varied-weights.js';

interface GoldenSpeech {
  readonly config: Readonly<Record<string, unknown>> & {
    readonly vocab_size: number;
    readonly d_model: number;
  };
  readonly generation: Readonly<Record<string, unknown>>;
  readonly newTokens: number;
  readonly prompt: readonly number[];
  readonly recordings: Readonly<
    Record<
      string,
      {
        readonly case: TranscriptionCase;
        readonly segments: readonly SpeechSegment[];
        readonly ids: readonly number[];
        readonly values: readonly (readonly number[])[];
      }
    >
  >;
  readonly long?: Readonly<
    Record<
      string,
      {
        readonly seconds: number;
        readonly conditioned: boolean;
        readonly first: number;
        readonly segments: readonly SpeechSegment[];
      }
    >
  >;
}

const folder = fileURLToPath(new URL('../golden/speech/', import.meta.url));
const RATE = 16_000;
/** Of the vocabulary, each of so many tokens has its logarithm in the file. */
const PROBED = 5003;
/** Otherwise, of what takes minutes a part is compared: see the README. */
const ALL = process.env['SPEECH_GOLDEN'] === 'all';

/** Of the recordings, one in so many is compared with a model of that width. */
function stepOf(width: number): number {
  if (ALL) return 1;
  if (width <= 256) return process.env['PARITY'] === 'sample' ? 4 : 1;
  return width <= 384 ? 4 : 8;
}

describe.each(readdirSync(folder))('%s: speech against WhisperForConditionalGeneration.generate', (file) => {
  const golden = JSON.parse(readFileSync(folder + file, 'utf8')) as GoldenSpeech;
  const cases = casesOf(golden.prompt);
  const maxNewTokens = golden.newTokens;
  const recordings = Object.entries(golden.recordings);
  let rig: TranscriptionRig;
  let clips: Map<string, Float32Array<ArrayBuffer>>;
  beforeAll(async () => {
    const { firstTimestamp } = readSpeechTokens(golden.generation);
    rig = await startTranscriptionRig(golden.config, golden.generation, (required) =>
      variedWeights(required, firstTimestamp),
    );
    clips = spokenRecordings(rig.contextSamples);
  }, 60_000);
  afterAll(() => rig.close());

  it.runIf(recordings.length > 0)(
    'the same tokens and times, which vary, and probabilities within 1e-3',
    { timeout: 600_000 },
    async () => {
      expect(recordings).toHaveLength(40);
      const tokens = Array.from(
        { length: Math.ceil(golden.config.vocab_size / PROBED) },
        (_, i) => i * PROBED,
      );
      const written = new Set<string>();
      let worst = 0;
      const step = stepOf(golden.config.d_model);
      const compared = recordings.filter((_, i) => i % step === 0);
      for (const [name, { case: kind, segments, ids, values }] of compared) {
        const clip = clips.get(name) as Float32Array<ArrayBuffer>;
        expectSameSegments(
          await rig.segmentsOf(clip, { maxNewTokens, ...cases[kind] }),
          segments,
          `${name}, ${kind}`,
        );
        written.add(segments.flatMap((segment) => segment.tokens).join());
        const found = await rig.logProbabilities(clip, ids, tokens);
        values.forEach((row, at) =>
          row.forEach((value, i) => (worst = Math.max(worst, Math.abs(found[at][i] - value)))),
        );
      }
      console.log(`${file}: ${written.size} texts; logarithms of probabilities differ by at most ${worst}`);
      expect(worst).toBeLessThanOrEqual(1e-3);
      expect(written.size).toBeGreaterThan(compared.length / 2);
    },
  );

  const long = Object.entries(golden.long ?? {}).filter(([, { seconds }]) => ALL || seconds <= 180);
  it.runIf(long.length > 0).each(long)(
    '%s: the same segments and times',
    { timeout: 600_000 },
    async (name, { seconds, conditioned, first, segments }) => {
      const recording = longRecording(clips, first, RATE * seconds);
      const found = await rig.segmentsOf(recording, { language: 'en', conditioned, maxNewTokens });
      expect(segments.length).toBeGreaterThan(5);
      expectSameSegments(found, segments, name);
    },
  );
});
