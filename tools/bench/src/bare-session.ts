import type { AudioItem, AudioTower } from '@triptych/audio-encoder';
import {
  bindWeights,
  disableTelemetry,
  InputBuffers,
  type OnnxGraph,
  type RunRequest,
  toTensor,
} from '@triptych/inference-core';
import { openModel } from '@triptych/model-families';
import type { ImageTower } from '@triptych/vision-encoder';
import type { ModelDirectory } from '@triptych/weight-loader';
import { InferenceSession, type Tensor } from 'onnxruntime-node';

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

const buffers = new InputBuffers();

/** Runs a batch for its first item's output. */
function run(session: InferenceSession, { feeds, rows }: RunRequest) {
  const inputs = Object.entries(feeds).map(([name, feed]) => [name, toTensor(name, feed, buffers)] as const);
  return session.run(Object.fromEntries<Tensor>(inputs), [rows[0].output]);
}

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

/** An audio encoder by itself. */
export interface BareAudio {
  /** Encodes `batch` clips of these samples at once; padded to the model's context, or not. */
  run(samples: Float32Array, batch: number, padded: boolean): Promise<void>;
}

export async function bareAudio(path: string, threads: number): Promise<BareAudio> {
  const { directory, model } = await openModel(path);
  const { graph, request, poolings } = model.audio as AudioTower;
  const session = await createSession(directory, graph(), threads);
  return {
    async run(samples, batch, padded) {
      const context = padded ? 'padded' : 'trimmed';
      const item = { samples: Float32Array.from(samples), context, pooling: poolings[0], form } as const;
      await run(session, request(Array<AudioItem>(batch).fill(item)));
    },
  };
}

/** An image encoder by itself. */
export interface BareImage {
  /** Encodes `batch` copies of an image of the model's input size at once. */
  run(pixels: Uint8Array, batch: number): Promise<void>;
}

export async function bareImage(path: string, threads: number): Promise<BareImage> {
  const { directory, model } = await openModel(path);
  const { graph, request, poolings } = model.image as ImageTower;
  const session = await createSession(directory, graph(), threads);
  return {
    async run(pixels, batch) {
      const item = { pixels: Uint8Array.from(pixels), pooling: poolings[0], form };
      await run(session, request(Array.from({ length: batch }, () => item)));
    },
  };
}
