import { inspect, type Inspection } from '@triptych/weight-loader';
import { families as builtIn } from './families.js';
import { finderOf } from './find-family.js';
import type { ModelFamily } from './model-family.js';
import { requiredTensors } from './towers.js';

/** What is wrong with a model's tensors. */
export interface TensorCheck {
  readonly missing: readonly string[];
  /** As in `encoder.conv1.weight: expected [384, 80, 3], found [384, 128, 3]`. */
  readonly misshapen: readonly string[];
  /** Tensors that no tower takes. */
  readonly unused: readonly string[];
}

export interface ModelInspection extends Inspection {
  /** Where there is a configuration that says what should be there. */
  readonly check?: TensorCheck;
}

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
  const { architecture, config, preprocessor, files = {}, tensors } = inspection;
  if (architecture === undefined || config === undefined) return inspection;
  const required = requiredTensors(find({ architecture }, path).read({ config, preprocessor, files }));
  const found = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const misshapen = [...required].flatMap(([name, expected]) => {
    const shape = found.get(name);
    if (!shape || String(shape) === String(expected)) return [];
    return [`${name}: expected [${expected.join(', ')}], found [${shape.join(', ')}]`];
  });
  const check = {
    missing: [...required.keys()].filter((name) => !found.has(name)),
    misshapen,
    unused: [...found.keys()].filter((name) => !required.has(name)),
  };
  return { ...inspection, check };
}
