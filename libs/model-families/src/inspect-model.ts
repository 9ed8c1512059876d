import { inspect, type Inspection } from '@triptych/weight-loader';
import { families as builtIn } from './families.js';
import { finderOf } from './find-family.js';
import type { FamilyModel, ModelFamily } from './model-family.js';
import { requiredTensors, speechTensors } from './towers.js';

/** What is wrong with a model's tensors. */
export interface TensorCheck {
  readonly missing: readonly string[];
  /** As in `weights.parquet: tensor encoder.conv1.weight: expected shape [384, 80, 3], found [384, 128, 3]`. */
  readonly misshapen: readonly string[];
  /** Tensors that no tower takes. */
  readonly unused: readonly string[];
}

export interface ModelInspection extends Inspection {
  /** Where there is a configuration that says what should be there. */
  readonly check?: TensorCheck;
  /** Where its family may write what is said: whether it does. */
  readonly speech?: SpeechInspection;
}

/** Whether a model writes what is said, and with what, or why not. */
export type SpeechInspection =
  | {
      readonly transcribes: true;
      readonly parameters: number;
      readonly layers: number;
      /** By their codes; none: it knows one alone. */
      readonly languages: readonly string[];
      /** Heads of its cross-attention that follow what is said, by which words have times; 0: they have none. */
      readonly alignmentHeads: number;
      /** Of the file that has the decoder. */
      readonly weights: string;
      readonly bytes: number;
    }
  | { readonly transcribes: false; readonly why: string };

/**
 * What a model directory, a HuggingFace checkpoint, or a Parquet or safetensors file holds, without its data, and what it lacks. Throws
 * ARCHITECTURE_UNKNOWN, MODEL_CONFIG and other bad-weights errors.
 */
export async function inspectModel(
  path: string,
  families: readonly ModelFamily[] = builtIn,
): Promise<ModelInspection> {
  const find = finderOf(families);
  const inspection = await inspect(path, find);
  const { architecture, config, preprocessor, files = {}, decoder } = inspection;
  if (architecture === undefined || config === undefined) return inspection;
  const description = { config, preprocessor, files, decoder: decoder?.files };
  const model = find({ architecture }, path).read(description);
  const required = new Map([...requiredTensors(model), ...(speechTensors(model) ?? [])]);
  const tensors = [...inspection.tensors, ...((model.speech && decoder?.tensors) ?? [])];
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const misshapen = [...required].flatMap(([name, expected]) => {
    const { shape, file } = found.get(name) ?? {};
    if (!shape || String(shape) === String(expected)) return [];
    return [`${file}: tensor ${name}: expected shape [${expected.join(', ')}], found [${shape.join(', ')}]`];
  });
  const check = {
    missing: [...required.keys()].filter((name) => !found.has(name)),
    misshapen,
    unused: [...found.keys()].filter((name) => !required.has(name)),
  };
  return { ...inspection, tensors, check, ...speechOf(model, decoder) };
}

function speechOf(
  { speech, speechLacks }: FamilyModel,
  decoder: Inspection['decoder'],
): Pick<ModelInspection, 'speech'> {
  if (speechLacks !== undefined) return { speech: { transcribes: false, why: speechLacks } };
  if (!speech || !decoder) return {};
  const { weights, bytes, tensors } = decoder;
  return {
    speech: {
      transcribes: true,
      parameters: tensors.reduce((sum, { parameters }) => sum + parameters, 0),
      layers: speech.network.prefixes.length,
      languages: [...speech.tokens.languages.keys()],
      alignmentHeads: speech.network.alignment?.heads.length ?? 0,
      weights,
      bytes,
    },
  };
}
