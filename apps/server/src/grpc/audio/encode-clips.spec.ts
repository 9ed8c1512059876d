import {
  AudioContext,
  type AudioClip,
  AudioEncoding,
  EmbeddingEncoding,
  Pooling,
  readEmbedding,
} from '@triptych/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxDifference, RATE, serveDemo, speech, type TestServer, vectorOf } from '../../testing/harness.js';

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo({ maxClips: 20 });
});
afterAll(() => test.close());

const pcm = speech('pizza-a');
const s16le = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE };
const f32le = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_F32LE, sampleRateHz: RATE };
const clip = (data: Uint8Array, format: AudioClip['format'] = s16le): AudioClip => ({
  format,
  data: Buffer.from(data),
});
const floats = (...values: number[]) =>
  new Uint8Array(Float32Array.from({ length: 3200 }, (_, i) => values[i] ?? 0.1).buffer);

describe('Encode', () => {
  it('answers every clip in its place; a bad one fails alone, with reason and field', async () => {
    const bad: [string, AudioClip, string, string][] = [
      ['empty', clip(new Uint8Array(0)), 'AUDIO_EMPTY', 'data'],
      ['short', clip(pcm.subarray(0, 3198)), 'AUDIO_TOO_SHORT', 'data'],
      ['long', clip(new Uint8Array(2 * 4 * RATE + 2)), 'AUDIO_TOO_LONG', 'data'],
      ['NaN', clip(floats(0, NaN), f32le), 'AUDIO_NOT_FINITE', 'data'],
      ['infinite', clip(floats(-Infinity), f32le), 'AUDIO_NOT_FINITE', 'data'],
      ['too loud', clip(floats(1.2), f32le), 'AUDIO_OUT_OF_RANGE', 'data'],
      ['odd', clip(pcm.subarray(0, 5001)), 'AUDIO_PARTIAL_SAMPLE', 'data'],
      ['no format', { data: Buffer.from(pcm) }, 'AUDIO_ENCODING_UNKNOWN', 'format.encoding'],
      ['unknown encoding', clip(pcm, { encoding: 17 as never }), 'AUDIO_ENCODING_UNKNOWN', 'format.encoding'],
      ['rate', clip(pcm, { ...s16le, sampleRateHz: 3999 }), 'AUDIO_SAMPLE_RATE', 'format.sample_rate_hz'],
      ['channels', clip(pcm, { ...s16le, channels: 9 }), 'AUDIO_CHANNELS', 'format.channels'],
      ['no container', clip(pcm, { encoding: 4 }), 'AUDIO_CONTAINER_UNKNOWN', 'data'],
    ];
    const { results } = await test.client.encodeAudio({
      clips: [clip(pcm), ...bad.map(([, c]) => c), clip(pcm)],
    });
    expect(results).toHaveLength(bad.length + 2);
    bad.forEach(([what, , reason, field], i) => {
      expect(results[i + 1].error, what).toMatchObject({
        code: 3,
        reason,
        field: `clips[${i + 1}].${field}`,
        retryable: false,
      });
    });
    expect(maxDifference(vectorOf(results[0]), vectorOf(results[bad.length + 1]))).toBeLessThanOrEqual(1e-6);
  });

  it('gives unit vectors by default, with stamp, valid frames and timing', async () => {
    const { stamp, results } = await test.client.encodeAudio({ clips: [clip(pcm)] });
    expect(stamp).toMatchObject({
      model: 'demo-whisper',
      space: 'triptych-demo',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(Math.hypot(...vectorOf(results[0]))).toBeCloseTo(1, 6);
    expect(results[0].validFrames).toBe(Math.ceil(pcm.length / 2 / 320));
    expect(results[0].timing!.inferenceUs).toBeGreaterThan(0);
  });

  it('sends the same vector in every encoding', async () => {
    const encode = async (encoding: EmbeddingEncoding) => {
      const { results } = await test.client.encodeAudio({ clips: [clip(pcm)], options: { encoding } });
      expect(results[0].embedding!.encoding).toBe(encoding || 1);
      return vectorOf(results[0]);
    };
    const list = await encode(EmbeddingEncoding.EMBEDDING_ENCODING_UNSPECIFIED);
    expect(
      maxDifference(list, await encode(EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32)),
    ).toBeLessThanOrEqual(1e-6);
    expect(
      maxDifference(list, await encode(EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT16)),
    ).toBeLessThanOrEqual(2e-4);
    expect(
      maxDifference(list, await encode(EmbeddingEncoding.EMBEDDING_ENCODING_RAW_INT8)),
    ).toBeLessThanOrEqual(2e-3);
  });

  it('pools, trims, truncates and leaves unnormalised as asked, each in a space of its own', async () => {
    const encode = async (context: AudioContext, pooling: Pooling) => {
      const { results, stamp } = await test.client.encodeAudio({
        clips: [clip(pcm)],
        context,
        options: { pooling, normalize: false },
      });
      return { ...readEmbedding(results[0].embedding!), space: stamp!.space };
    };
    const { AUDIO_CONTEXT_PADDED: padded, AUDIO_CONTEXT_TRIMMED: trimmed } = AudioContext;
    const frames = await encode(padded, Pooling.POOLING_NONE);
    expect(frames.shape).toEqual([200, 128]);
    const mean = (rows: number) =>
      Float32Array.from({ length: 128 }, (_, c) => {
        let sum = 0;
        for (let r = 0; r < rows; r++) sum += frames.values[r * 128 + c];
        return sum / rows;
      });
    const all = await encode(padded, Pooling.POOLING_MEAN);
    const valid = await encode(padded, Pooling.POOLING_MEAN_VALID);
    expect(maxDifference(all.values, mean(200))).toBeLessThanOrEqual(1e-5);
    expect(maxDifference(valid.values, mean(Math.ceil(pcm.length / 2 / 320)))).toBeLessThanOrEqual(1e-5);
    expect((await encode(trimmed, Pooling.POOLING_NONE)).shape).toEqual([
      Math.ceil(pcm.length / 2 / 320),
      128,
    ]);
    const spaces = [all, valid, frames, await encode(trimmed, Pooling.POOLING_MEAN)].map((e) => e.space);
    expect(new Set(spaces).size).toBe(4);

    const { results } = await test.client.encodeAudio({ clips: [clip(pcm)], options: { dimensions: 16 } });
    const cut = vectorOf(results[0]);
    expect(cut).toHaveLength(16);
    expect(Math.hypot(...cut)).toBeCloseTo(1, 6);
  });

  it('gives a clip the same vector whatever it was sent with (property)', async () => {
    const encode = (...clips: AudioClip[]) =>
      test.client.encodeAudio({ clips, context: AudioContext.AUDIO_CONTEXT_TRIMMED });
    const clips = ['pizza-a', 'cherries-a', 'volcano-b', 'sailboat-a'].flatMap((name) => [
      clip(speech(name).subarray(0, pcm.length)),
      clip(speech(name).subarray(0, pcm.length >> 1)),
    ]);
    const alone: Float32Array[] = [];
    for (const one of clips) alone.push(vectorOf((await encode(one)).results[0]));
    const anyClips = fc.array(fc.nat({ max: clips.length - 1 }), {
      minLength: 1,
      maxLength: 20,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(anyClips, async (chosen) => {
        const { results } = await encode(...chosen.map((i) => clips[i]));
        results.forEach((result, place) =>
          expect(maxDifference(vectorOf(result), alone[chosen[place]])).toBeLessThanOrEqual(1e-5),
        );
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    ['no clips', { clips: [] }, 3, 'BATCH_EMPTY', 'clips'],
    ['too many clips', { clips: Array.from({ length: 21 }, () => clip(pcm)) }, 8, 'BATCH_TOO_LARGE', 'clips'],
    [
      'a model name of a megabyte',
      { model: '\0'.repeat(1e6), clips: [clip(pcm)] },
      5,
      'MODEL_NOT_FOUND',
      'model',
    ],
    ['an unknown model', { model: 'nobody', clips: [clip(pcm)] }, 5, 'MODEL_NOT_FOUND', 'model'],
    [
      'a pooling of another modality',
      { clips: [clip(pcm)], options: { pooling: 3 as const } },
      3,
      'POOLING_UNSUPPORTED',
      'options.pooling',
    ],
    ['an unknown context', { clips: [clip(pcm)], context: 9 as never }, 3, 'ENUM_UNKNOWN', 'context'],
    [
      'an unknown encoding',
      { clips: [clip(pcm)], options: { encoding: 9 as never } },
      3,
      'ENUM_UNKNOWN',
      'options.encoding',
    ],
    [
      'too many dimensions',
      { clips: [clip(pcm)], options: { dimensions: 129 } },
      3,
      'DIMENSIONS_INVALID',
      'options.dimensions',
    ],
  ])('refuses %s with status, reason and field', async (_what, request, code, reason, field) => {
    await expect(test.client.encodeAudio(request)).rejects.toMatchObject({
      code,
      details: { reason, violations: [{ field }] },
    });
  });
});
