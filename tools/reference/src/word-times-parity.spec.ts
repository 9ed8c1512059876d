import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type AudioItem,
  loudestGraph,
  loudestOf,
  readAlignment,
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
import { syntheticWeights } from './synthetic-weights.js';

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
const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
const FRAME_S = 0.02;

describe.each(files)('%s: times of tokens against return_token_timestamps of transformers', (file) => {
  const golden = JSON.parse(readFileSync(folder + file, 'utf8')) as GoldenTimes;
  const config = readWhisperConfig(golden.config);
  const plain = whisperDecoder(golden.config);
  const network = { ...plain, alignment: readAlignment(golden.generation, golden.config, plain) };
  const tower = whisperTower(golden.config);
  const clips = readRecordings(tower.contextSamples);
  const options: Record<Case, Partial<TranscriptionOptions>> = {
    plain: { language: 'en', task: 'transcribe' },
    timestamps: { language: 'de', task: 'transcribe', timestamps: true },
    prompt: { language: 'en', task: 'transcribe', timestamps: true, prompt: golden.prompt.slice(1) },
    beam: { language: 'en', task: 'transcribe', timestamps: true, beams: 5 },
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

  function recordingOf(samples: Float32Array): Recording {
    async function* pieces() {
      for (let at = 0; at < samples.length; at += 7000) yield samples.subarray(at, at + 7000);
    }
    return new Recording(pieces(), 3 * tower.contextSamples);
  }

  async function segmentsOf(recording: Float32Array, more: Partial<TranscriptionOptions>) {
    const standard = { timestamps: false, beams: 1, temperatures: [0], seed: 0, conditioned: false };
    const isLong = recording.length > tower.contextSamples;
    const loudest = isLong ? await loudestOf(recordingOf(recording), parts) : undefined;
    const all = { ...standard, maxNewTokens: golden.newTokens, tokenTimes: true, ...more, loudest };
    const segments: SpeechSegment[] = [];
    for await (const window of transcribe(recordingOf(recording), all, parts))
      segments.push(...window.segments);
    return segments;
  }

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
    const order = ['speech-a', 'silence', 'speech-b', 'piano', 'mixture', 'noise'];
    const tiled = order.flatMap((clip) => [...(clips.get(clip) as Float32Array)]);
    const long = Float32Array.from({ length: 16_000 * 70 + 777 }, (_, i) => tiled[i % tiled.length]);
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
