import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type AudioItem,
  loudestGraph,
  loudestOf,
  readSpeechTokens,
  Recording,
  readWhisperConfig,
  type SpeechSegment,
  transcribe,
  type TranscriptionOptions,
  type TranscriptionParts,
  whisperDecoder,
  whisperTower,
} from '@triptych/audio-encoder';
import { decodeEmbedding } from '@triptych/core';
import { Decoder, decoderGraph, Encoder, InferenceWorker, sourceGraph } from '@triptych/inference-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecordings } from './golden.js';
import { sampled } from './sampled.js';
import { syntheticWeights } from './synthetic-weights.js';

type Case = 'greedy' | 'detected' | 'translate' | 'timestamps' | 'prompt' | 'beam' | 'beam-timestamps';

interface GoldenTranscription {
  readonly config: Readonly<Record<string, unknown>>;
  readonly generation: Readonly<Record<string, unknown>>;
  readonly newTokens: number;
  readonly prompt: readonly number[];
  readonly recordings: Readonly<
    Record<
      string,
      Readonly<Record<Case, readonly SpeechSegment[]>> & {
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
const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

describe.each(files)('%s: transcription against WhisperForConditionalGeneration.generate', (file) => {
  const golden = JSON.parse(readFileSync(folder + file, 'utf8')) as GoldenTranscription;
  const config = readWhisperConfig(golden.config);
  const network = whisperDecoder(golden.config);
  const tower = whisperTower(golden.config);
  const clips = readRecordings(tower.contextSamples);
  const names = Object.keys(golden.recordings);
  const cases: Record<Case, Partial<TranscriptionOptions>> = {
    greedy: { language: 'en', task: 'transcribe' },
    detected: {},
    translate: { language: 'fr', task: 'translate' },
    timestamps: { language: 'de', task: 'transcribe', timestamps: true },
    prompt: { language: 'en', task: 'transcribe', prompt: golden.prompt.slice(1) },
    beam: { language: 'en', task: 'transcribe', beams: 5 },
    'beam-timestamps': { language: 'en', task: 'transcribe', beams: 5, timestamps: true },
  };
  let encoder: Encoder<AudioItem>;
  let decoder: Decoder;
  let meter: InferenceWorker;
  let parts: TranscriptionParts;

  beforeAll(async () => {
    const shared = { threads: 2, queue: { maxItems: 100, maxBytes: 1e9 }, instances: 0 };
    const tensors = new Map([...decoderGraph(network).weights, ...sourceGraph(network).weights]);
    encoder = await Encoder.start<AudioItem>(tower, {
      ...shared,
      name: 'encoder',
      weights: () => Promise.resolve(syntheticWeights(tower.graph().weights)),
    });
    decoder = await Decoder.start(network, {
      name: 'decoder',
      threads: 2,
      weights: () => Promise.resolve(syntheticWeights(tensors)),
      limits: { maxSequences: 16, maxCacheBytes: 1e9, maxWaiting: 100 },
    });
    const noWeights = () => Promise.resolve({ tensors: new Map(), parts: [] });
    const graph = () => loudestGraph(config.mel);
    meter = await InferenceWorker.start({ name: 'loudest', threads: 1, graph, weights: noWeights });
    parts = {
      config,
      decoder,
      tokens: readSpeechTokens(golden.generation),
      encode: async (samples, loudest) => {
        const item = { samples, context: 'padded', pooling: 'none', form, recording: { loudest } } as const;
        const { embedding } = (await encoder.encode(item)).result;
        return new Float32Array(decodeEmbedding(embedding.bytes, 'float32', 0));
      },
      loudest: async (samples) => {
        const feeds = {
          samples: { type: 'float32', dims: [1, samples.length], data: samples.buffer },
        } as const;
        const { embeddings } = await meter.run({ feeds, rows: [{ output: 'loudest', form }] });
        return decodeEmbedding(embeddings[0].bytes, 'float32', 0)[0];
      },
    };
  });
  afterAll(() => Promise.all([encoder, decoder, meter].map((one) => one.close())));

  /** It comes in pieces of some length. */
  function recordingOf(samples: Float32Array): Recording {
    async function* pieces() {
      for (let at = 0; at < samples.length; at += 7000) yield samples.subarray(at, at + 7000);
    }
    return new Recording(pieces(), 3 * tower.contextSamples);
  }

  async function segmentsOf(recording: Float32Array, options: Partial<TranscriptionOptions>) {
    const standard = { timestamps: false, beams: 1, temperatures: [0], seed: 0, conditioned: false };
    const segments: SpeechSegment[] = [];
    const all = { ...standard, maxNewTokens: golden.newTokens, ...options };
    const isLong = recording.length > tower.contextSamples;
    const loudest = isLong ? await loudestOf(recordingOf(recording), parts) : undefined;
    for await (const window of transcribe(recordingOf(recording), { ...all, loudest }, parts))
      segments.push(...window.segments);
    return segments;
  }

  it.each(Object.keys(cases) as Case[])(
    '%s: the same tokens and times',
    { timeout: 300_000 },
    async (name) => {
      for (const recording of names) {
        const found = await segmentsOf(clips.get(recording) as Float32Array, cases[name]);
        const expected = golden.recordings[recording][name];
        expect(
          found.map(({ tokens }) => tokens),
          recording,
        ).toEqual(expected.map(({ tokens }) => tokens));
        found.forEach(({ start, end }, i) => {
          expect(start, recording).toBeCloseTo(expected[i].start, 6);
          expect(end, recording).toBeCloseTo(expected[i].end, 6);
        });
      }
    },
  );

  it.runIf(golden.long).each(['plain', 'conditioned'] as const)(
    'a recording longer than the context, %s: the same segments and times',
    { timeout: 300_000 },
    async (name) => {
      const order = ['speech-a', 'silence', 'speech-b', 'piano', 'mixture', 'noise'];
      const tiled = order.flatMap((clip) => [...(clips.get(clip) as Float32Array)]);
      const long = Float32Array.from({ length: 16_000 * 70 + 777 }, (_, i) => tiled[i % tiled.length]);
      const found = await segmentsOf(long, { language: 'en', conditioned: name === 'conditioned' });
      const expected = golden.long?.[name] ?? [];
      expect(expected.length).toBeGreaterThan(2);
      expect(found.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
      found.forEach(({ start, end }, i) => {
        expect(start).toBeCloseTo(expected[i].start, 6);
        expect(end).toBeCloseTo(expected[i].end, 6);
      });
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
        for await (const window of transcribe(recordingOf(clip), options, parts)) found.push(window);
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
        const item = { samples: clip.slice(), context: 'padded', pooling: 'none', form } as const;
        const { embedding } = (await encoder.encode(item)).result;
        const states = new Float32Array(decodeEmbedding(embedding.bytes, 'float32', 0));
        const source = await decoder.open(states, { beams: 1 });
        const { tokens, ids, values } = logprobs;
        const languages = [...parts.tokens.languages.values()];
        const { probes } = await source.generate({
          prompt: ids,
          maxTokens: ids.length,
          end: parts.tokens.end,
          rules: { suppressed: [], suppressedFirst: [] },
          search: { kind: 'greedy' },
          probes: [
            ...ids.map((_, at) => ({ at, tokens, among: 'all' as const })),
            { at: 0, tokens: [parts.tokens.noSpeech], among: 'all' },
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
