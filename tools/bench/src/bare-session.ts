import { type AudioItem, clipRequest, readWhisperConfig, whisperGraph } from '@triptych/audio-encoder';
import { bindWeights, disableTelemetry, type FeedTensor, type OnnxGraph } from '@triptych/inference-core';
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
  const { model: bytes, weights } = bindWeights(graph, loaded.weights);
  const { parts } = loaded.weights;
  return InferenceSession.create(bytes, {
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
      const item: AudioItem = {
        samples: Float32Array.from(samples),
        context: padded ? 'padded' : 'trimmed',
        pooling: 'mean',
        form: { normalize: false, dimensions: 0, numbers: 'float32' },
      };
      const { feeds, rows } = clipRequest(config, Array<AudioItem>(batch).fill(item));
      const inputs = Object.entries(feeds).map(([name, feed]) => [name, toTensor(feed)] as const);
      await session.run(Object.fromEntries(inputs), [rows[0].output]);
    },
  };
}

/** A Whisper graph has no other inputs than these. */
function toTensor({ type, dims, data }: FeedTensor): Tensor {
  if (type === 'int64') return new Tensor('int64', new BigInt64Array(data), dims);
  return new Tensor('float32', new Float32Array(data), dims);
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
