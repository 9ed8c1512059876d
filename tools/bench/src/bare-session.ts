import {
  contextSamples,
  readWhisperConfig,
  whisperGraph,
  whisperInputs,
  whisperOutputs,
} from '@triptych/audio-encoder';
import { bindWeights } from '@triptych/inference-core';
import { openModelDirectory } from '@triptych/weight-loader';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** ONNX Runtime alone, on the graph and with the settings that the server uses: what serving is measured against. */
export interface BareSession {
  /** Encodes `batch` clips of these samples at once; padded to the model's context, or not. */
  run(samples: Float32Array, batch: number, padded: boolean): Promise<void>;
}

export async function bareSession(directory: string, threads: number): Promise<BareSession> {
  const model = await openModelDirectory(directory);
  const config = readWhisperConfig(model.metadata.config, model.preprocessor);
  const { weights } = await model.load();
  const graph = whisperGraph(config);
  const session = await InferenceSession.create(graph.model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'basic',
    enableCpuMemArena: true,
    externalData: bindWeights(graph, weights).map(({ name, part, byteOffset, byteLength }) => ({
      path: name,
      data: new Uint8Array(weights.parts[part], byteOffset, byteLength),
    })),
    extra: {
      session: { intra_op: { allow_spinning: '1' }, force_spinning_stop: '1' },
    },
  });
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
