import { readWhisperConfig, whisperGraph } from '@triptych/audio-encoder';
import type { JsonObject } from '@triptych/core';
import { clipConfig } from '@triptych/inference-core';
import { readTextConfig, textGraph } from '@triptych/text-encoder';
import { readVisionConfig, visionGraph } from '@triptych/vision-encoder';
import type { Inspection } from '@triptych/weight-loader';

type Shapes = ReadonlyMap<string, readonly number[]>;

/** What is wrong with a model's tensors. */
export interface Check {
  readonly missing: readonly string[];
  /** As in `encoder.conv1.weight: expected [384, 80, 3], found [384, 128, 3]`. */
  readonly misshapen: readonly string[];
  /** Tensors that no encoder takes. */
  readonly unused: readonly string[];
}

/** Compares tensors with what the architecture's graphs take of this configuration. Throws MODEL_CONFIG. */
export function checkTensors({ architecture, config, preprocessor, tensors }: Inspection): Check | undefined {
  if (!architecture || !config) return undefined;
  const required =
    architecture === 'clip' ? clipWeights(config, preprocessor) : whisperWeights(config, preprocessor);
  const found = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const misshapen = [...required].flatMap(([name, expected]) => {
    const shape = found.get(name);
    if (!shape || String(shape) === String(expected)) return [];
    return [`${name}: expected [${expected.join(', ')}], found [${shape.join(', ')}]`];
  });
  return {
    missing: [...required.keys()].filter((name) => !found.has(name)),
    misshapen,
    unused: [...found.keys()].filter((name) => !required.has(name)),
  };
}

function whisperWeights(config: JsonObject, preprocessor: JsonObject | undefined): Shapes {
  return whisperGraph(readWhisperConfig(config, preprocessor)).weights;
}

function clipWeights(config: JsonObject, preprocessor: JsonObject | undefined): Shapes {
  const { vision_config: vision, text_config: text } = clipConfig(config);
  return new Map([
    ...(vision === undefined ? [] : visionGraph(readVisionConfig(config, preprocessor)).weights),
    ...(text === undefined ? [] : textGraph(readTextConfig(config)).weights),
    ...(vision === undefined || text === undefined ? [] : [['logit_scale', []] as const]),
  ]);
}
