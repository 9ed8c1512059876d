import {
  contextSamples,
  readWhisperConfig,
  whisperGraph,
  whisperInputs,
  whisperOutputs,
} from '@triptych/audio-encoder';
import { bindWeights, disableTelemetry, type OnnxGraph } from '@triptych/inference-core';
import { readVisionConfig, visionGraph, visionInputs, visionOutputs } from '@triptych/vision-encoder';
import { openModelDirectory, type ModelDirectory } from '@triptych/weight-loader';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** ONNX Runtime alone, on a graph of the server's and with its settings: what serving is measured against. */
async function createSession(
  model: ModelDirectory,
  graph: OnnxGraph,
  threads: number,
): Promise<InferenceSession> {
  disableTelemetry();
  const loaded = await model.load();
  const { weights, parts } = bindWeights(graph, loaded.weights);
  return InferenceSession.create(graph.model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'basic',
    enableCpuMemArena: true,
    externalData: weights.map(({ name, part, byteOffset, byteLength }) => ({
      path: name,
      data: new Uint8Array(parts[part], byteOffset, byteLength),
    })),
    extra: {
      session: { intra_op: { allow_spinning: '1' }, force_spinning_stop: '1' },
    },
  });
}

/** A Whisper encoder by itself. */
export interface BareWhisper {
  /** Encodes `batch` clips of these samples at once; padded to the model's context, or not. */
  run(samples: Float32Array, batch: number, padded: boolean): Promise<void>;
}

export async function bareWhisper(directory: string, threads: number): Promise<BareWhisper> {
  const model = await openModelDirectory(directory);
  const config = readWhisperConfig(model.metadata.config, model.preprocessor);
  const session = await createSession(model, whisperGraph(config), threads);
  return {
    async run(samples, batch, padded) {
      const all = new Float32Array(batch * samples.length);
      for (let i = 0; i < batch; i++) all.set(samples, i * samples.length);
      const padTo = padded ? contextSamples(config) : samples.length;
      const int64 = (...values: number[]) =>
        new Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
      await session.run(
        {
          [whisperInputs.samples]: new Tensor('float32', all, [batch, samples.length]),
          [whisperInputs.padTo]: int64(padTo),
          [whisperInputs.validFrames]: int64(...Array.from({ length: batch }, () => 1)),
        },
        [whisperOutputs.mean],
      );
    },
  };
}

/** A CLIP vision tower by itself. */
export interface BareVision {
  /** Encodes `batch` copies of an image of the model's input size at once. */
  run(pixels: Uint8Array, batch: number): Promise<void>;
}

export async function bareVision(directory: string, threads: number): Promise<BareVision> {
  const model = await openModelDirectory(directory);
  const config = readVisionConfig(model.metadata.config, model.preprocessor);
  const session = await createSession(model, visionGraph(config), threads);
  const { imageSize } = config;
  return {
    async run(pixels, batch) {
      const all = new Uint8Array(batch * pixels.length);
      for (let i = 0; i < batch; i++) all.set(pixels, i * pixels.length);
      await session.run(
        {
          [visionInputs.pixels]: new Tensor('uint8', all, [batch, imageSize, imageSize, 3]),
          [visionInputs.kept]: new Tensor('int64', BigInt64Array.of(1n), [1]),
        },
        [visionOutputs.projected],
      );
    },
  };
}
