import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AudioTower } from '@triptych/audio-encoder';
import type { WeightSet } from '@triptych/core';
import { InferenceWorker } from '@triptych/inference-core';
import { openModel, readModel } from '@triptych/model-families';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lowestCosine, maxDifference, pickRows, relativeError } from './compare.js';
import { type Golden, readGolden, readRecordings } from './golden.js';
import { sampled } from './sampled.js';
import { whisperJson, whisperSizes } from './synthetic-checkpoint.js';
import { syntheticWeights } from './synthetic-weights.js';

// Another folder of golden files, made with --full, is compared frame by frame.
const folder = process.env['GOLDEN_DIR'] ?? fileURLToPath(new URL('../golden/whisper/', import.meta.url));
const demo = fileURLToPath(new URL('../../../models/demo/whisper', import.meta.url));

/** What the README claims, of every frame and mean of float32 weights. */
const COSINE = 1 - 1e-9;
/** Of magnitude and angle: difference ÷ length. */
const RELATIVE = 5e-5;

interface Subject {
  readonly tower: AudioTower;
  readonly bins: number;
  readonly weights: () => Promise<WeightSet>;
}

const subjects: Record<string, () => Promise<Subject>> = {
  demo: async () => {
    const { directory, model } = await openModel(demo);
    const bins = directory.metadata.config['num_mel_bins'] as number;
    return { tower: model.audio as AudioTower, bins, weights: async () => (await directory.load()).weights };
  },
  ...Object.fromEntries(
    Object.entries(whisperSizes).map(([name, size]) => {
      const tower = readModel({ config: whisperJson(size) }).audio as AudioTower;
      const weights = () => Promise.resolve(syntheticWeights(tower.graph().weights));
      return [name, () => Promise.resolve({ tower, bins: size.num_mel_bins, weights })];
    }),
  ),
};

/** Largest differences seen, for the report at the end. */
const worst: Record<string, Record<string, number>> = {};

describe.each(sampled(Object.keys(subjects), ['demo', 'tiny']))(
  '%s against WhisperFeatureExtractor and WhisperModel.encoder',
  (name) => {
    let golden: Golden;
    let subject: Subject;
    let width: number;
    let worker: InferenceWorker;
    let clips: Map<string, Float32Array<ArrayBuffer>>;

    beforeAll(async () => {
      golden = await readGolden(join(folder, `${name}.safetensors`));
      subject = await subjects[name]();
      width = subject.tower.dimensions('none');
      clips = readRecordings(subject.tower.contextSamples);
      const graph = () => subject.tower.graph({ inspect: true });
      worker = await InferenceWorker.start({ name, threads: 2, graph, weights: subject.weights });
      worst[name] = {};
    });

    afterAll(async () => {
      await worker.close();
      console.log(`${name}: ${JSON.stringify(worst[name])}`);
    });

    it('covers at least eight recordings', () => {
      expect(golden.items.length).toBeGreaterThanOrEqual(8);
      expect([...clips.keys()].sort()).toEqual([...golden.items].sort());
    });

    it('log-mel spectrograms differ by at most 1e-4', async () => {
      for (const recording of golden.items) {
        const mel = await run(recording, 'log_mel', 'padded');
        const frames = mel.length / subject.bins;
        const expected = golden.floats(recording, 'log_mel');
        const rows = golden.integers(recording, 'mel_rows');
        // The windows of silence that are left out are like the last that is computed.
        const found = Float32Array.from(expected, (_, i) => {
          const row = Math.min(rows[Math.floor(i / subject.bins)], frames - 1);
          return mel[(i % subject.bins) * frames + row];
        });
        expect(record('log-mel', maxDifference(found, expected)), recording).toBeLessThanOrEqual(1e-4);
      }
    });

    it('the residual stream agrees after every block', async () => {
      for (const recording of ['speech-a', 'piano', 'clipping']) {
        for (let i = 0; i < subject.tower.blocks.length; i++) {
          const state = await run(recording, `state_${i}`, 'padded');
          const found = pickRows(state, golden.integers(recording, 'state_rows'), width);
          const difference = maxDifference(found, golden.floats(recording, `state_${i}`));
          expect(record(`state ${i}`, difference), `${recording}, block ${i}`).toBeLessThanOrEqual(1e-3);
        }
      }
    });

    it.each(['padded', 'trimmed'] as const)(
      '%s frames and their mean: cosine ≥ 1 − 1e-9, relative error ≤ 5e-5',
      async (context) => {
        const prefix = context === 'padded' ? '' : 'trimmed_';
        for (const recording of golden.items) {
          const expected = golden.floats(recording, `${prefix}frames`);
          const frames = await run(recording, 'frames', context);
          const found = pickRows(frames, golden.integers(recording, `${prefix}rows`), width);
          record(`${context} frames`, maxDifference(found, expected));
          hold(`${context} frames`, found, expected, recording);
          const mean = await run(recording, 'mean', context);
          hold(`${context} mean`, mean, golden.floats(recording, `${prefix}mean`), recording);
        }
      },
    );

    async function run(
      recording: string,
      output: string,
      context: 'padded' | 'trimmed',
    ): Promise<Float32Array> {
      const samples = (clips.get(recording) as Float32Array<ArrayBuffer>).slice();
      const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
      const { feeds } = subject.tower.request([{ samples, context, pooling: 'none', form }]);
      const { embeddings } = await worker.run({ feeds, rows: [{ output, form }] });
      return new Float32Array(embeddings[0].bytes.buffer);
    }

    /** Holds vectors to the reference's, in angle and in magnitude. */
    function hold(what: string, found: Float32Array, expected: Float32Array, recording: string) {
      const cosine = lowestCosine(found, expected, width);
      expect(1 - record(`${what}, 1 − cosine`, 1 - cosine), recording).toBeGreaterThanOrEqual(COSINE);
      const error = relativeError(found, expected, width);
      expect(record(`${what}, relative error`, error), recording).toBeLessThanOrEqual(RELATIVE);
    }

    function record(what: string, value: number): number {
      worst[name][what] = Math.max(worst[name][what] ?? 0, value);
      return value;
    }
  },
);

describe('golden files', () => {
  it('exist for every subject', () => {
    for (const name of Object.keys(subjects))
      expect(existsSync(join(folder, `${name}.safetensors`)), name).toBe(true);
  });
});
