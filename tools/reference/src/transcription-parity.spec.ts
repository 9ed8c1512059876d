import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type SpeechSegment, transcribe, type TranscriptionOptions } from '@triptych/audio-encoder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixedRecording, readRecordings } from './golden.js';
import { sampled } from './sampled.js';
import { syntheticWeights } from './synthetic-weights.js';
import { casesOf, expectSameSegments, type TranscriptionCase } from './transcription-cases.js';
import { startTranscriptionRig, type TranscriptionRig } from './transcription-rig.js';

interface GoldenTranscription {
  readonly config: Readonly<Record<string, unknown>>;
  readonly generation: Readonly<Record<string, unknown>>;
  readonly newTokens: number;
  readonly prompt: readonly number[];
  readonly recordings: Readonly<
    Record<
      string,
      Readonly<Record<TranscriptionCase, readonly SpeechSegment[]>> & {
        readonly language: number;
        readonly noSpeech: number;
        readonly logprobs: {
          readonly ids: readonly number[];
          readonly tokens: readonly number[];
          readonly values: readonly (readonly number[])[];
        };
      }
    >
  >;
  readonly long?: Readonly<Record<'plain' | 'conditioned', readonly SpeechSegment[]>>;
}

const folder = fileURLToPath(new URL('../golden/transcription/', import.meta.url));
const files = sampled(readdirSync(folder), ['tiny.json', 'turbo.json']);

describe.each(files)('%s: transcription against WhisperForConditionalGeneration.generate', (file) => {
  const golden = JSON.parse(readFileSync(folder + file, 'utf8')) as GoldenTranscription;
  const names = Object.keys(golden.recordings);
  const cases = casesOf(golden.prompt);
  let rig: TranscriptionRig;
  let clips: Map<string, Float32Array<ArrayBuffer>>;
  beforeAll(async () => {
    rig = await startTranscriptionRig(golden.config, golden.generation, syntheticWeights);
    clips = readRecordings(rig.contextSamples);
  });
  afterAll(() => rig.close());

  const segmentsOf = (samples: Float32Array, options: Partial<TranscriptionOptions>) =>
    rig.segmentsOf(samples, { maxNewTokens: golden.newTokens, ...options });

  it.each(Object.keys(cases) as TranscriptionCase[])(
    '%s: the same tokens and times',
    { timeout: 300_000 },
    async (name) => {
      for (const recording of names) {
        const found = await segmentsOf(clips.get(recording) as Float32Array, cases[name]);
        expectSameSegments(found, golden.recordings[recording][name], recording);
      }
    },
  );

  it.runIf(golden.long).each(['plain', 'conditioned'] as const)(
    'a recording longer than the context, %s: the same segments and times',
    { timeout: 300_000 },
    async (name) => {
      const long = mixedRecording(clips);
      const found = await segmentsOf(long, { language: 'en', conditioned: name === 'conditioned' });
      const expected = golden.long?.[name] ?? [];
      expect(expected.length).toBeGreaterThan(2);
      expectSameSegments(found, expected, name);
    },
  );

  it(
    'tries other temperatures while a result is unlikely, the same by the same seed, and leaves silence out',
    { timeout: 120_000 },
    async () => {
      const clip = clips.get('speech-b') as Float32Array;
      const windows = async (over: Partial<TranscriptionOptions>) => {
        const standard = { timestamps: false, beams: 1, seed: 3, conditioned: false, language: 'en' };
        const found = [];
        const options = {
          ...standard,
          temperatures: [0, 0.4, 1],
          maxNewTokens: 8,
          minLogProbability: 0,
          ...over,
        };
        for await (const window of transcribe(rig.recordingOf(clip), options, rig.parts)) found.push(window);
        return found;
      };
      const [drawn] = await windows({});
      expect(drawn.temperature).toBe(1);
      expect(await windows({})).toEqual([drawn]);
      const [other] = await windows({ seed: 4 });
      expect(other.segments).not.toEqual(drawn.segments);
      expect((await windows({ minLogProbability: -100 }))[0].temperature).toBe(0);
      const [silent] = await windows({ maxNoSpeech: 0 });
      expect(silent).toMatchObject({ segments: [], temperature: 0 });
      await expect(windows({ language: 'tlh' })).rejects.toMatchObject({
        reason: 'PARAMETER_INVALID',
        message: expect.stringContaining('en, zh, de') as unknown,
      });
    },
  );

  it(
    'logarithms of probabilities differ by at most 1e-3, and so does that of no speech',
    { timeout: 120_000 },
    async () => {
      let worst = 0;
      for (const recording of names) {
        const { logprobs, noSpeech, language } = golden.recordings[recording];
        const clip = clips.get(recording) as Float32Array<ArrayBuffer>;
        const { decoder, tokens: speech } = rig.parts;
        const source = await decoder.open(await rig.encode(clip.slice()), { beams: 1 });
        const { tokens, ids, values } = logprobs;
        const languages = [...speech.languages.values()];
        const { probes } = await source.generate({
          prompt: ids,
          maxTokens: ids.length,
          end: speech.end,
          rules: { suppressed: [], suppressedFirst: [] },
          search: { kind: 'greedy' },
          probes: [
            ...ids.map((_, at) => ({ at, tokens, among: 'all' as const })),
            { at: 0, tokens: [speech.noSpeech], among: 'all' },
            { at: 0, tokens: languages, among: 'these' },
          ],
        });
        source.close();
        values.forEach((row, at) =>
          row.forEach((value, i) => {
            worst = Math.max(worst, Math.abs(Math.log(probes[at][i]) - value));
          }),
        );
        worst = Math.max(worst, Math.abs(Math.log(probes[ids.length][0]) - Math.log(noSpeech)));
        const likeliest = Math.max(...probes[ids.length + 1]);
        expect(languages[probes[ids.length + 1].indexOf(likeliest)]).toBe(language);
      }
      console.log(`${file}: logarithms of probabilities differ by at most ${worst}`);
      expect(worst).toBeLessThanOrEqual(1e-3);
    },
  );
});
