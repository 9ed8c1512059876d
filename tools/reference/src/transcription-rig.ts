import {
  type AudioItem,
  loudestBy,
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
import { decodeEmbedding, type WeightSet } from '@triptych/core';
import { Decoder, decoderGraph, Encoder, InferenceWorker, sourceGraph } from '@triptych/inference-core';

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
const PIECE = 7000;

type Json = Readonly<Record<string, unknown>>;

/** A Whisper that transcribes without a server around it. */
export interface TranscriptionRig {
  readonly parts: TranscriptionParts;
  readonly contextSamples: number;
  /** The encoder's frames of a clip. */
  encode(samples: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>;
  /** Samples as they come, in pieces. */
  recordingOf(samples: Float32Array): Recording;
  /** What is said, by default greedily, once, without times. */
  segmentsOf(samples: Float32Array, options: Partial<TranscriptionOptions>): Promise<SpeechSegment[]>;
  /** Natural logarithms of the probabilities of some tokens, behind each of `ids`. */
  logProbabilities(
    samples: Float32Array<ArrayBuffer>,
    ids: readonly number[],
    tokens: readonly number[],
  ): Promise<number[][]>;
  close(): Promise<unknown>;
}

/** `weights`: of the tensors of encoder or decoder, by name and shape. `isAligned`: it can say when each token was said. */
export async function startTranscriptionRig(
  config: Json,
  generation: Json,
  weights: (required: ReadonlyMap<string, readonly number[]>) => WeightSet<ArrayBuffer>,
  isAligned = false,
): Promise<TranscriptionRig> {
  const plain = whisperDecoder(config);
  const network = isAligned ? { ...plain, alignment: readAlignment(generation, config, plain) } : plain;
  const tower = whisperTower(config);
  const read = readWhisperConfig(config);
  const shared = { threads: 2, queue: { maxItems: 100, maxBytes: 1e9 }, instances: 0 };
  const tensors = new Map([...decoderGraph(network).weights, ...sourceGraph(network).weights]);
  const encoder = await Encoder.start<AudioItem>(tower, {
    ...shared,
    name: 'encoder',
    weights: () => Promise.resolve(weights(tower.graph().weights)),
  });
  const decoder = await Decoder.start(network, {
    name: 'decoder',
    threads: 2,
    weights: () => Promise.resolve(weights(tensors)),
    limits: { maxSequences: 16, maxCacheBytes: 1e9, maxWaiting: 100 },
  });
  const meter = await InferenceWorker.start({
    name: 'loudest',
    threads: 1,
    graph: () => loudestGraph(read.mel),
    weights: () => Promise.resolve({ tensors: new Map(), parts: [] }),
  });
  const encode = async (samples: Float32Array<ArrayBuffer>, loudest?: number) => {
    const heard = loudest === undefined ? {} : { recording: { loudest } };
    const item = { samples, context: 'padded', pooling: 'none', form, ...heard } as const;
    const { embedding } = (await encoder.encode(item)).result;
    return new Float32Array(decodeEmbedding(embedding.bytes, 'float32', 0));
  };
  const parts: TranscriptionParts = {
    config: read,
    decoder,
    tokens: readSpeechTokens(generation),
    encode,
    loudest: loudestBy(meter),
  };
  const recordingOf = (samples: Float32Array) => new Recording(pieces(samples), 3 * tower.contextSamples);
  return {
    parts,
    contextSamples: tower.contextSamples,
    encode,
    recordingOf,
    segmentsOf: async (samples, options) => {
      const segments: SpeechSegment[] = [];
      const isLong = samples.length > tower.contextSamples;
      const loudest = isLong ? await loudestOf(recordingOf(samples), parts) : undefined;
      const standard = { timestamps: false, beams: 1, temperatures: [0], seed: 0, conditioned: false };
      const all = { ...standard, loudest, ...options };
      for await (const window of transcribe(recordingOf(samples), all, parts))
        segments.push(...window.segments);
      return segments;
    },
    logProbabilities: async (samples, ids, tokens) => {
      const source = await decoder.open(await encode(samples.slice()), { beams: 1 });
      const { probes } = await source.generate({
        prompt: ids,
        maxTokens: ids.length,
        end: parts.tokens.end,
        rules: { suppressed: [], suppressedFirst: [] },
        search: { kind: 'greedy' },
        probes: ids.map((_, at) => ({ at, tokens, among: 'all' })),
      });
      source.close();
      return probes.map((row) => row.map(Math.log));
    },
    close: () => Promise.all([encoder, decoder, meter].map((one) => one.close())),
  };
}

/** It comes in pieces. */
async function* pieces(samples: Float32Array) {
  for (let at = 0; at < samples.length; at += PIECE) yield samples.subarray(at, at + PIECE);
}
